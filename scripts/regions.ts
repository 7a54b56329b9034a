/** Marked regions of a document: finding them, and putting new text into them. Pure. */

/** By name: what makes the region's text. */
export type Regions = Readonly<Record<string, () => string>>

export type ReplaceOutcome =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string }

/** Each region of the text is made anew; `required` ones must be there. */
export function replaceRegions(
  text: string,
  regions: Regions,
  required: readonly string[] = [],
): ReplaceOutcome {
  const names = [...text.matchAll(/<!-- generated:([\w-]+) -->/g)].map(([, name = ""]) => name)
  const missing = required.find((name) => !names.includes(name))
  if (missing !== undefined) return { ok: false, problem: `the region "${missing}" is missing` }
  let result = text
  for (const name of names) {
    const outcome = replaceRegion(result, name, regions[name])
    if (!outcome.ok) return outcome
    result = outcome.text
  }
  return { ok: true, text: result }
}

function replaceRegion(text: string, name: string, render?: () => string): ReplaceOutcome {
  if (render === undefined) return { ok: false, problem: `nothing makes the region "${name}"` }
  const [begin, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`]
  const [before = "", rest = "", ...more] = text.split(begin)
  const endAt = rest.indexOf(end)
  if (endAt === -1 || more.length > 0) {
    return { ok: false, problem: `the region "${name}" must begin once and end` }
  }
  return { ok: true, text: `${before}${begin}\n\n${render().trim()}\n\n${rest.slice(endAt)}` }
}
