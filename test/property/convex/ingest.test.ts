/**
 * Applying a batch again leaves the rows that applying it once leaves: whole, or after any prefix of it,
 * which is what a sender does that did not hear the answer.
 */
import { expect, test } from "bun:test"
import * as fc from "fast-check"
import type { Document, EndDocument, TaskDocument } from "../../../src/convex/documents.ts"
import * as make from "../../support/documents.ts"
import { applyTo, openIngest, readRows } from "./rows.ts"

const dirs = ["session-a", "session-b"]
const keys = ["worktree:/a", "feature:b", ...dirs.map((dir) => `team:${dir}`)]
const at = (n: number) => new Date(1_790_000_000_000 + n * 1000).toISOString()

const orchestration = fc
  .record({ key: fc.constantFrom(...keys), status: fc.constantFrom("planning", "executing") })
  .map(({ key, status }): Document => {
    const dir = key.startsWith("team:") ? key.slice("team:".length) : undefined
    return dir === undefined
      ? make.orchestration({ key, status })
      : { ...make.adoption(dir), status }
  })

const phase = fc
  .record({
    orchestration: fc.constantFrom(...keys),
    status: fc.constantFrom("planned", "complete"),
  })
  .map((fields): Document => make.phase(fields))

const team = fc
  .record({
    dir: fc.constantFrom(...dirs),
    orchestration: fc.constantFrom(...keys),
    phaseNumber: fc.constantFrom(undefined, "1"),
  })
  .map(({ dir, orchestration, phaseNumber }): Document => {
    const linkedBy = orchestration.startsWith("team:") ? "adopted" : "sidecar"
    const phase = phaseNumber === undefined ? {} : { phaseNumber }
    return make.team({ dir, teamName: dir, leadSessionId: dir, orchestration, linkedBy, ...phase })
  })

const member = fc
  .record({
    team: fc.constantFrom(...dirs),
    agentName: fc.constantFrom("lead", "tester"),
    model: fc.constantFrom("opus", "haiku"),
    recordedAt: fc.nat(9).map(at),
  })
  .map((fields): Document => make.member(fields))

const task = fc
  .record({
    team: fc.constantFrom(...dirs),
    taskId: fc.constantFrom("1", "2"),
    status: fc.constantFrom("pending", "in_progress", "completed"),
    recordedAt: fc.nat(9).map(at),
  })
  .map((fields): Document => make.task(fields))

const event = fc
  .constantFrom(...keys)
  .map((orchestration): Document => make.event({ orchestration }))

const ended = fc.oneof(
  fc.constantFrom(...keys).map((key) => ({ kind: "orchestration" as const, key })),
  fc.constantFrom(...dirs).map((dir) => ({ kind: "team" as const, dir })),
  fc
    .constantFrom(...dirs)
    .map((dir) => ({ kind: "member" as const, team: dir, agentName: "lead" })),
  fc.constantFrom(...dirs).map((dir) => ({ kind: "task" as const, team: dir, taskId: "1" })),
)
const end = fc
  .record({ of: ended, endedAt: fc.nat(9).map(at) })
  .map((fields): Document => ({ kind: "end", ...fields }))

const documents = fc.array(fc.oneof(orchestration, phase, team, member, task, task, event, end), {
  maxLength: 14,
})

/** Every team and orchestration is there to begin with, so that nothing is an orphan. */
const beginning: Document[] = [
  ...keys.map((key) =>
    key.startsWith("team:")
      ? make.adoption(key.slice("team:".length))
      : make.orchestration({ key }),
  ),
  ...dirs.map((dir) =>
    make.team({ dir, teamName: dir, leadSessionId: dir, orchestration: "feature:b" }),
  ),
]

/**
 * As a daemon sends: ids are unique, no transition repeats the one before it in the batch, and a team
 * that was linked is not adopted again in the same batch.
 */
function asSent(batch: readonly Document[], name: string): Document[] {
  const last = new Map<string, string>()
  const linked = new Set<string>()
  return batch.flatMap((each, n): Document[] => {
    if (linked.has(orchestrationOf(each))) return []
    if (each.kind === "event") return [{ ...each, eventId: `${name}-${n}` }]
    if (each.kind === "team" && each.linkedBy !== "adopted") linked.add(`team:${each.dir}`)
    if (each.kind === "end") last.delete(endedTask(each))
    if (each.kind !== "task") return [each]
    const repeats = last.get(taskKey(each)) === each.status
    last.set(taskKey(each), each.status)
    return repeats ? [] : [{ ...each, eventId: `${name}-${n}` }]
  })
}

const taskKey = (each: TaskDocument) => `${each.team}/${each.taskId}`
const endedTask = ({ of }: EndDocument) => (of.kind === "task" ? `${of.team}/${of.taskId}` : "")

function orchestrationOf(each: Document): string {
  if (each.kind === "orchestration") return each.key
  return "orchestration" in each ? each.orchestration : ""
}

test("applying any prefix of a batch, or all of it, before the batch leaves the same rows", async () => {
  await fc.assert(
    fc.asyncProperty(documents, documents, fc.nat(14), async (before, batch, length) => {
      const earlier = [...beginning, ...asSent(before, "before")]
      const sent = asSent(batch, "batch")
      const once = await openIngest()
      const outcomes = await applyTo(once, earlier, sent)
      const heeded = sent.filter((_, n) => outcomes[n] !== "orphan")
      const plain = await openIngest()
      await applyTo(plain, earlier, heeded)
      const again = await openIngest()
      await applyTo(again, earlier, heeded.slice(0, length), heeded)
      expect(await readRows(again)).toEqual(await readRows(plain))
    }),
    { numRuns: 300 },
  )
}, 60_000)
