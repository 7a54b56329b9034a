import { describe, expect, test } from "bun:test"
import { TinaError } from "../../../src/base/errors.ts"
import type { ApplyOutcome, Document, EventDocument } from "../../../src/model/document.ts"
import type { Job } from "../../../src/store/jobs.ts"
import { push, type PushDeps } from "../../../src/sync/push.ts"

const signal = new AbortController().signal

function event(eventId: string): EventDocument {
  const summary = "s"
  const recordedAt = "2026-01-01T00:00:00.000Z"
  return {
    kind: "event",
    orchestration: "o",
    eventId,
    eventType: "info",
    source: "t",
    summary,
    recordedAt,
  }
}

function job(id: number, payload: Document = event(`e${id}`), attempts = 0): Job<Document> {
  return { id, key: undefined, payload, attempts, createdAt: 0 }
}

interface Recorded {
  readonly deps: PushDeps
  readonly sent: string[][]
  readonly gaveUp: string[]
  readonly restored: string[]
  nodeLost: number
}

/** A deployment that answers each document by `answer`, and notes what it was asked. */
function deployment(answer: (documents: Document[]) => ApplyOutcome[]): Recorded {
  const recorded: Recorded = {
    sent: [],
    gaveUp: [],
    restored: [],
    nodeLost: 0,
    deps: {
      async apply(documents) {
        recorded.sent.push(
          documents.map((document) =>
            document.kind === "event" ? document.eventId : document.kind,
          ),
        )
        return answer(documents)
      },
      nodeLost: () => void recorded.nodeLost++,
      restoreParents: (orphans) => void recorded.restored.push(`parents of ${orphans.length}`),
      restoreTasks: (orphans) => void recorded.restored.push(`tasks of ${orphans.length}`),
      gaveUp: (_document, reason) => void recorded.gaveUp.push(reason),
    },
  }
  return recorded
}

const refusing = (bad: string) =>
  deployment((documents) => {
    if (documents.some((each) => each.kind === "event" && each.eventId === bad)) {
      throw new TinaError("internal", `${bad} does not validate`)
    }
    return documents.map(() => "applied")
  })

describe("push()", () => {
  test("settles what was applied or was there already, and leaves the rest of a large move waiting", async () => {
    const { deps } = deployment(() => ["applied", "unchanged", "again"])
    const result = await push([job(1), job(2), job(3)], deps, signal)
    expect(result).toMatchObject({ done: [1, 2], later: [], never: [] })
  })

  test("gives up the one document that is refused while others are accepted", async () => {
    const { deps, gaveUp, sent } = refusing("e3")
    const jobs = [1, 2, 3, 4, 5].map((id) => job(id))
    const result = await push(jobs, deps, signal)
    expect(result.done).toEqual([1, 2, 4, 5])
    expect(result.never).toEqual([{ id: 3, error: "e3 does not validate" }])
    expect(gaveUp).toEqual(["e3 does not validate"])
    expect(sent.some((batch) => batch.length === 0)).toBe(true)
  })

  test("gives up nothing when the deployment refuses an empty batch too", async () => {
    const { deps } = deployment(() => {
      throw new TinaError("internal", "Could not find public function ingest:applyBatch")
    })
    const failure = await push([job(1)], deps, signal).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: "offline", hint: "npx convex deploy" })
  })

  test("waits when the token is refused, and says where to look", async () => {
    const { deps } = deployment(() => {
      throw new TinaError("denied", "the token is missing, unknown or revoked")
    })
    const failure = await push([job(1)], deps, signal).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: "offline", hint: "tina-daemon doctor" })
  })

  test("waits and asks for a new registration when the node is not known", async () => {
    const recorded = deployment(() => {
      throw new TinaError("not_found", "node n1 is not registered")
    })
    const failure = await push([job(1)], recorded.deps, signal).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: "offline" })
    expect(recorded.nodeLost).toBe(1)
  })

  test("restores what orphans need ahead of them, and lost tasks behind them", async () => {
    const { deps, restored } = deployment(() => ["orphan", "applied"])
    const result = await push([job(1), job(2)], deps, signal)
    expect(result).toMatchObject({ done: [2], later: [1] })
    expect(restored).toEqual(["parents of 1"])
    result.write?.()
    expect(restored).toEqual(["parents of 1", "tasks of 1"])
  })

  test("gives up an orphan that nothing helps", async () => {
    const { deps, gaveUp } = deployment(() => ["orphan"])
    const result = await push([job(1, event("e1"), 20)], deps, signal)
    expect(result.never?.map(({ id }) => id)).toEqual([1])
    expect(gaveUp).toEqual(["what it belongs to is not in the deployment"])
  })

  test("counts the end of something that is not there as done", async () => {
    const { deps } = deployment(() => ["orphan"])
    const end: Document = {
      kind: "end",
      of: { kind: "team", dir: "t" },
      endedAt: "2026-01-01T00:00:00.000Z",
    }
    expect(await push([job(1, end)], deps, signal)).toMatchObject({ done: [1], later: [] })
  })
})
