/** What was started from this browser and not put away yet, so that its receipt stays until it is read. */
import { useState } from "react"
import { z } from "zod/mini"
import type { Id } from "../../convex/_generated/dataModel.js"

const text = z.string().check(z.minLength(1), z.maxLength(4096))
const actionId = z.custom<Id<"inboundActions">>((value) => text.safeParse(value).success)
const start = z.object({ actionId, nodeId: text, feature: text, worktree: text })

export type Start = z.infer<typeof start>

export interface Starts {
  /** Newest first. */
  readonly list: readonly Start[]
  readonly add: (started: Start) => void
  readonly putAway: (actionId: string) => void
}

export const startsKey = "tina.starts"
const mostKept = 10

export function useStarts(storage: Storage): Starts {
  const [list, setList] = useState(() => stored(storage))
  const keep = (next: readonly Start[]) => {
    storage.setItem(startsKey, JSON.stringify(next))
    setList(next)
  }
  return {
    list,
    add: (started) => keep([started, ...list].slice(0, mostKept)),
    putAway: (actionId) => keep(list.filter((each) => each.actionId !== actionId)),
  }
}

function stored(storage: Storage): readonly Start[] {
  try {
    const parsed = z.array(start).safeParse(JSON.parse(storage.getItem(startsKey) ?? "[]"))
    return parsed.success ? parsed.data : []
  } catch {
    return []
  }
}
