/** What a demo story tells: a feature in three phases, and what the review of the first phase finds missing. */

export interface StoryTask {
  readonly subject: string
  readonly activeForm: string
  /** Markdown, as a team lead writes it for a teammate. */
  readonly description: string
  /** Places of the tasks, counted from 0 within the phase, that must be done first. */
  readonly after?: readonly number[]
}

export interface StoryPhase {
  readonly title: string
  readonly gitRange: string
  readonly tasks: readonly StoryTask[]
}

export interface Story {
  readonly feature: string
  readonly title: string
  readonly phases: readonly [StoryPhase, StoryPhase, StoryPhase]
  /** Phase 1.5: `issues` is what the review of phase 1 found. */
  readonly remediation: StoryPhase & { readonly issues: readonly string[] }
}
