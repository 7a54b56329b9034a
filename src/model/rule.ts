/**
 * Rules of the automation in their one internal form: when this happens, and that holds, do this. However a rule was
 * written down, this is what runs and what is shown. Events, as rules see them, too.
 */

/** Something that happened. `payload` is data: nothing in it is ever run. */
export interface RuleEvent {
  readonly id: string
  /** ISO 8601. */
  readonly timestamp: string
  /** Where it comes from: `watch`, `schedule`, `manual`, or the first word of an event of this daemon. */
  readonly source: string
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  /** How many rules, one after the other, led to it. */
  readonly depth: number
}

export const fileEventTypes = ["create", "modify", "delete"] as const
export type FileEventType = (typeof fileEventTypes)[number]

export type RuleTrigger =
  /** All of the given parts must fit; `pattern` is a regular expression over "type:source". */
  | {
      readonly on: "event"
      readonly type?: string
      readonly source?: string
      readonly pattern?: string
    }
  /** `glob` is matched from the directory that is watched: `root`, or that of any watch without it. */
  | {
      readonly on: "file"
      readonly events: readonly FileEventType[]
      readonly glob?: string
      readonly root?: string
    }
  | ({ readonly on: "schedule" } & Schedule)

export interface Schedule {
  readonly cron: string
  readonly timezone?: string
  /** What happens to a time that was slept through. */
  readonly missed: "skip" | "run-once"
}

export const operators = [
  "equals",
  "not_equals",
  "contains",
  "matches",
  "gt",
  "lt",
  "gte",
  "lte",
  "exists",
  "not_exists",
] as const
export type Operator = (typeof operators)[number]

export interface RuleCondition {
  /** A dotted path in the event. */
  readonly field: string
  readonly operator: Operator
  readonly value?: unknown
}

/** Text may hold `{{a.b.c}}`, paths in the event. */
export type RuleAction =
  | {
      readonly type: "agent"
      readonly prompt: string
      readonly agent?: string
      readonly priority: number
      readonly cwd?: string
      readonly timeoutMs?: number
      readonly env?: Readonly<Record<string, string>>
    }
  | { readonly type: "notify"; readonly message: string; readonly channel?: string }
  /** The first word is the program and is taken as it stands. */
  | {
      readonly type: "cli"
      readonly command: readonly string[]
      readonly cwd?: string
      readonly timeoutMs: number
    }
  | {
      readonly type: "webhook"
      readonly url: string
      readonly headers: Readonly<Record<string, string>>
      /** Headers whose value a variable of the daemon holds. */
      readonly headersEnv: Readonly<Record<string, string>>
      readonly timeoutMs: number
    }
  /** A method of this daemon. */
  | {
      readonly type: "method"
      readonly method: string
      readonly params: Readonly<Record<string, unknown>>
    }

export interface Rule {
  readonly id: string
  readonly description?: string
  readonly enabled: boolean
  readonly trigger: RuleTrigger
  readonly conditions: readonly RuleCondition[]
  /** Time after a run in which it does not run again. */
  readonly cooldownMs: number
  /** It runs when this long nothing more has happened. */
  readonly debounceMs: number
  readonly requiresApproval: boolean
  readonly action: RuleAction
}

export interface Job extends Schedule {
  readonly id: string
}

/** A directory whose changes are events. */
export interface FileWatch {
  readonly path: string
  readonly events: readonly FileEventType[]
  /** Globs from the directory. */
  readonly ignore: readonly string[]
  /** Ends of names; all of them when empty. */
  readonly extensions: readonly string[]
  readonly debounceMs: number
}
