/** The words for how an orchestration, a phase and a task stand, in the order in which they come to. */

export const orchestrationStatuses = [
  "launching",
  "planning",
  "executing",
  "reviewing",
  "complete",
  "blocked",
] as const

export const phaseStatuses = [
  "planning",
  "planned",
  "executing",
  "reviewing",
  "complete",
  "blocked",
] as const

export const taskStatuses = ["pending", "in_progress", "completed", "deleted"] as const
