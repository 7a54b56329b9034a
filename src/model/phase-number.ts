/**
 * Phase numbers: "1", "2", and under them "1.5" and "1.5.5" for the remediation of a phase whose review
 * found gaps. They are text everywhere, because 1.10 and 1.1 would be one number. Pure.
 */

export type PhaseNumberCheck =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string }

const wellFormed = /^\d{1,6}(?:\.\d{1,6}){0,15}$/
const remediationSuffix = ".5"

/** Digits and single dots between them; says what is wrong with anything else. */
export function parsePhaseNumber(text: string): PhaseNumberCheck {
  if (wellFormed.test(text)) return { ok: true, value: text }
  if (/retry/i.test(text)) {
    return {
      ok: false,
      problem: `"${text}" is not a phase: a retry keeps the phase's number and is asked for by --event retry`,
    }
  }
  return { ok: false, problem: `"${text}" is not a phase number such as 1, 2 or 1.5` }
}

export function isPhaseNumber(text: string): boolean {
  return wellFormed.test(text)
}

/** A planned phase, as opposed to one that remedies another. */
export function isMainPhase(phase: string): boolean {
  return isPhaseNumber(phase) && !phase.includes(".")
}

/** The planned phase that `phase` is, or belongs to: 1 for "1.5.5". */
export function mainPhaseOf(phase: string): number {
  return Number.parseInt(phase, 10)
}

/** The phase that remedies `phase`: 1 -> 1.5 -> 1.5.5. */
export function remediationOf(phase: string): string {
  return phase + remediationSuffix
}

/** How many remediations deep a phase is: 0 for "1", 2 for "1.5.5". */
export function remediationDepth(phase: string): number {
  return phase.split(".").filter((part, index) => index > 0 && part === "5").length
}

/** Orders phases as they are worked through: 1, 1.5, 1.5.5, 2, 10. */
export function comparePhaseNumbers(a: string, b: string): number {
  const left = a.split(".").map(Number)
  const right = b.split(".").map(Number)
  for (const [index, part] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    if (part !== other) return part - other
  }
  return left.length - right.length
}
