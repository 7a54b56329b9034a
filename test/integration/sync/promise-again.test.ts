import { describe, expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Document } from "../../../src/model/document.ts"
import { openStore } from "../../../src/store/open.ts"
import { outboxQueue } from "../../../src/sync/outbox.ts"
import { emptyRegistry, lostOrchestrations } from "../../../src/sync/link.ts"
import { promiseAgain, restore, restoreLost } from "../../../src/sync/promise-again.ts"
import { createPromises } from "../../../src/sync/promises.ts"
import { claudeTree } from "../../support/claude-tree.ts"
import { eventually } from "../../support/eventually.ts"
import { runSync } from "../../support/sync-run.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

/** A store that has promised two teams, one of which has ended, and whose outbox is empty. */
async function promisedStore(home: TmpHome) {
  mkdirSync(home.stateDir, { recursive: true })
  const tree = claudeTree(home.claudeDir)
  for (const dir of ["kept", "gone"]) {
    tree.team(dir, { members: [{ name: "lead" }] })
    tree.task(dir, "1", { status: "in_progress" })
  }
  {
    await using run = await runSync({ claudeDir: home.claudeDir, stateDir: home.stateDir })
    tree.remove("teams/gone")
    await eventually(() => run.sent().some(({ kind }) => kind === "end"))
    await eventually(() => run.outbox.stats().ready === 0 || run.sent().length === 0)
    run.sent()
  }
  const store = openStore(join(home.stateDir, "store.db"), { now: () => 0 })
  const outbox = store.queue(outboxQueue)
  const deps = { store, outbox, promises: createPromises(store), newId: () => crypto.randomUUID() }
  const waiting = () =>
    outbox.claimBatch({ limit: 1000, maxBytes: 1e9 }).map(({ payload }) => payload)
  return { deps, waiting, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

function label(document: Document): string {
  if (document.kind === "end") return `end ${document.of.kind}`
  if (document.kind === "orchestration") return `orchestration ${document.key}`
  if (document.kind === "team") return `team ${document.dir}`
  return "team" in document ? `${document.kind} of ${document.team}` : document.kind
}

describe("promiseAgain()", () => {
  test("says everything once more, parents before children, and ends what had ended", async () => {
    await using home = await tmpHome()
    await using promised = await promisedStore(home)
    expect(promiseAgain(promised.deps)).toBe(8)
    const labels = promised.waiting().map(label)
    expect(labels.filter((each) => !each.startsWith("end"))).toEqual([
      "orchestration team:gone",
      "orchestration team:kept",
      "team gone",
      "team kept",
      "member of gone",
      "member of kept",
      "task of gone",
      "task of kept",
    ])
    expect(labels.filter((each) => each.startsWith("end"))).toEqual([
      "end orchestration",
      "end team",
      "end member",
    ])
  })
})

describe("restoreLost()", () => {
  test("promises again what lives there with its members and tasks, and nothing that has ended", async () => {
    await using home = await tmpHome()
    await using promised = await promisedStore(home)
    const lost = new Set(["team:kept", "team:gone", "feature:elsewhere"])
    expect(restoreLost(lost, () => {}, promised.deps)).toBe(4)
    expect(promised.waiting().map(label)).toEqual([
      "orchestration team:kept",
      "team kept",
      "member of kept",
      "task of kept",
    ])
    expect(restoreLost(new Set(["feature:elsewhere"]), () => {}, promised.deps)).toBe(0)
  })

  test("promises what belonged to a lost orchestration to the one that takes its place", async () => {
    await using home = await tmpHome()
    mkdirSync(home.stateDir, { recursive: true })
    const tree = claudeTree(home.claudeDir)
    tree.team("t", { members: [{ name: "lead" }] })
    tree.task("t", "1")
    const registered = {
      teams: [
        { teamName: "auth", localDirName: "t", leadSessionId: "s", orchestrationKey: "feature:a" },
      ],
      orchestrations: [{ id: "o", key: "feature:a" }],
      worktrees: [],
    }
    await using run = await runSync({ claudeDir: home.claudeDir, stateDir: home.stateDir })
    run.sync.learn(registered)
    const before = run.sent().length
    const lost = lostOrchestrations(registered, emptyRegistry)
    restoreLost(lost, () => run.sync.learn(emptyRegistry), run.again)
    expect(run.sent().slice(before).map(label)).toEqual([
      "orchestration team:t",
      "team t",
      "member of t",
      "task of t",
    ])
  })
})

describe("restore()", () => {
  test("promises only what the orphans belong to: parents first, and tasks when they are asked for", async () => {
    await using home = await tmpHome()
    await using promised = await promisedStore(home)
    const orphan = {
      kind: "event" as const,
      orchestration: "team:kept",
      eventId: "e",
      eventType: "info",
      source: "t",
      summary: "s",
      recordedAt: "2026-01-01T00:00:00.000Z",
    }
    restore([orphan], "parents", promised.deps)
    expect(promised.waiting().map(label)).toEqual([
      "orchestration team:kept",
      "team kept",
      "member of kept",
    ])
    restore([orphan], "tasks", promised.deps)
    expect(promised.waiting().map(label)).toEqual(["task of kept"])
  })

  test("finds the orchestration of an orphan that names only its team", async () => {
    await using home = await tmpHome()
    await using promised = await promisedStore(home)
    const recordedAt = "2026-01-01T00:00:00.000Z"
    restore(
      [{ kind: "member", team: "kept", agentName: "lead", recordedAt }],
      "parents",
      promised.deps,
    )
    expect(promised.waiting().map(label)).toContain("orchestration team:kept")
  })
})
