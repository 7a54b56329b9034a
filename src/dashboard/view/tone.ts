/**
 * What a status means for the eye: one of five tones, each with a colour and a shape of its own, and the
 * word that is shown and read out.
 */

export type Tone = "running" | "waiting" | "done" | "failed" | "ended" | "pending"

export interface StatusLook {
  readonly tone: Tone
  readonly label: string
}

const looks: Readonly<Record<string, StatusLook>> = {
  launching: { tone: "running", label: "launching" },
  planning: { tone: "running", label: "planning" },
  executing: { tone: "running", label: "executing" },
  reviewing: { tone: "running", label: "reviewing" },
  planned: { tone: "pending", label: "planned" },
  complete: { tone: "done", label: "complete" },
  blocked: { tone: "failed", label: "blocked" },
  paused: { tone: "waiting", label: "paused" },
  pending: { tone: "pending", label: "pending" },
  in_progress: { tone: "running", label: "in progress" },
  completed: { tone: "done", label: "completed" },
  deleted: { tone: "ended", label: "deleted" },
  online: { tone: "done", label: "online" },
  offline: { tone: "ended", label: "offline" },
  working: { tone: "running", label: "working" },
  idle: { tone: "pending", label: "idle" },
  stalled: { tone: "waiting", label: "stalled" },
  gone: { tone: "ended", label: "gone" },
}

export function lookOf(status: string): StatusLook {
  return looks[status] ?? { tone: "ended", label: status }
}

/** A paused orchestration is blocked in the data; the page says what it is. */
export function orchestrationLook(of: {
  readonly status: string
  readonly pausedReason?: string | null
  readonly endedAt?: string
}): StatusLook {
  if (of.status !== "complete" && of.endedAt !== undefined) {
    return { tone: "ended", label: "ended" }
  }
  return lookOf(of.pausedReason == null ? of.status : "paused")
}
