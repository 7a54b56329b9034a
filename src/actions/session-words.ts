/**
 * Words of session command lines, pure. Every value goes into its flag's own word (`--flag=value`), so that no text
 * of an operator can become another flag.
 */
import { type GivenPolicies, policiesOf } from "./payload.ts"

export interface DispatchTarget {
  readonly actionId: string
  /** Where the orchestration is on this machine, if that is known. */
  readonly worktree: string | undefined
}

type FlagValue = string | number | readonly (string | number)[] | undefined

/** A list gives its flag several times; what is undefined gives none. */
export function flags(values: Readonly<Record<string, FlagValue>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => `--${name}=${each}`),
  )
}

/** The action's id goes along, so that an event that is reported twice counts once. */
export function advance(
  event: string,
  given: { readonly feature: string; readonly phase?: string | undefined },
  { worktree, actionId }: DispatchTarget,
): string[] {
  const { feature, phase } = given
  const where = flags({ feature, phase, worktree })
  return ["orchestrate", "advance", ...where, ...flags({ event, key: actionId })]
}

interface TaskWish {
  readonly feature: string
  readonly phase_number: string
  readonly task_number?: number
  readonly after_task?: number
  readonly subject?: string | undefined
  readonly description?: string | undefined
  readonly model?: string | undefined
  readonly depends_on?: readonly number[] | undefined
  readonly revision?: number | undefined
}

export function taskWords(name: string, given: TaskWish, { worktree }: DispatchTarget): string[] {
  const { feature, phase_number, task_number, after_task, depends_on, ...rest } = given
  const which = { feature, worktree, phase: phase_number }
  const place = { "task-number": task_number, "after-task": after_task, "depends-on": depends_on }
  return ["orchestrate", name, ...flags({ ...which, ...place, ...rest })]
}

export function policyFlags(given: GivenPolicies): string[] {
  const { models, review } = policiesOf(given)
  return flags({
    "model-json": models === undefined ? undefined : JSON.stringify(models),
    "review-json": review === undefined ? undefined : JSON.stringify(review),
  })
}
