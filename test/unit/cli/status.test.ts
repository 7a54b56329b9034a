import { expect, test } from "bun:test"
import type { StatusView } from "../../../src/api/views.ts"
import { renderStatus } from "../../../src/cli/print/status.ts"
import { testStatus } from "../../support/handlers.ts"

const now = Date.parse(testStatus.startedAt) + 120_000

function textOf(over: Partial<StatusView>): string {
  const layout = { paint: (_colour: unknown, text: string) => text, columns: 120, now }
  return renderStatus({ ...testStatus, ...over }, layout).join("\n")
}

test("a daemon that is well says so, with what it is connected to and where its page is", () => {
  const text = textOf({ page: "http://127.0.0.1:7842" })
  expect(text).toStartWith("● tina-daemon is running  0.0.0, pid 4242, for 2m, local")
  expect(text).toMatch(/deployment +http:\/\/127.0.0.1:3210 +connected for 2m/)
  expect(text).toMatch(/page +http:\/\/127.0.0.1:7842/)
  expect(text).toMatch(/attention +nothing/)
  expect(text).not.toContain("tina-daemon problems")
})

test("what needs somebody is named: problems, unlinked teams, what was given up, and a restart", () => {
  const outbox = { ready: 3, running: 0, dead: 1, oldestAt: testStatus.startedAt }
  const needsRestart = ["node_name", "local"]
  const text = textOf({ problems: 2, unlinked: 1, outbox, needsRestart })
  expect(text).toMatch(/waiting +3 changes to send, the oldest for 2m/)
  expect(text).toContain(
    "2 problems, 1 team not linked, 1 change given up, tina-daemon restart for node_name and local",
  )
})

test("a daemon that is not well says so first, and what tells more", () => {
  const deployment = { ...testStatus.deployment, state: "offline" as const, lastError: "refused" }
  const failing = {
    name: "sync",
    state: "waiting" as const,
    since: testStatus.startedAt,
    restarts: 4,
    lastError: "cannot read",
  }
  const text = textOf({ health: "unhealthy", deployment, services: [failing] })
  expect(text).toStartWith("● tina-daemon is running, but not well")
  expect(text).toMatch(/offline for 2m: refused/)
  expect(text).toMatch(/sync +waiting +2m +4 +cannot read/)
  expect(text).toEndWith("tina-daemon problems  says what is wrong")
})
