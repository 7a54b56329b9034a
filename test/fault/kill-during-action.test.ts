/**
 * kill -9 at each step of an action. After the next start its command has run at most once, and its receipt says how
 * it ended; what nobody can know is `unknown`, with what the state of the orchestration shows.
 * TINA_CRASH_MATRIX=all takes every type of action through every step; otherwise each step and each type has its turn.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { actionPayloads, everyAction, type ActionType } from "../support/action-payloads.ts"
import { resultOf } from "../support/action-world.ts"
import { createOperator, type Operator } from "../support/operator.ts"
import { openOwnDeployment, type OwnDeployment } from "../support/own-deployment.ts"
import { startSourceDaemon } from "../support/source-daemon.ts"
import { standInCommand } from "../support/stand-in-command.ts"
import { aState } from "../support/supervisor-state.ts"
import { type TmpHome, tmpHome } from "../support/tmp-home.ts"

/** Each step, with how often the command has run in the end and what the receipt says then. */
const steps = [
  { at: "action.journalled", runs: [1], status: "completed" },
  { at: "action.claimed", runs: [1], status: "completed" },
  { at: "action.fenced", runs: [1], status: "completed" },
  { at: "action.started", runs: [1], status: "completed" },
  { at: "action.running", runs: [0], status: "unknown" },
  { at: "action.spawned", runs: [0, 1], status: "unknown" },
  { at: "action.ran", runs: [1], status: "unknown" },
  { at: "action.recorded", runs: [1], status: "completed" },
  { at: "action.reported", runs: [1], status: "completed" },
] as const

const matrix = everyAction("/").flatMap(({ type }, turn) =>
  process.env["TINA_CRASH_MATRIX"] === "all"
    ? steps.map((step) => ({ type, ...step }))
    : [{ type, ...(steps[turn % steps.length] ?? steps[0]) }],
)

interface World {
  readonly home: TmpHome
  readonly deployment: OwnDeployment
  readonly operator: Operator
  readonly stack: AsyncDisposableStack
}

let world: World

beforeAll(async () => {
  const stack = new AsyncDisposableStack()
  const home = stack.use(await tmpHome())
  const deployment = stack.use(await openOwnDeployment(home))
  const operator = createOperator(deployment.url, deployment.tokens)
  world = { home, deployment, operator, stack }
})

afterAll(async () => {
  await world.stack[Symbol.asyncDispose]()
})

describe("after kill -9", () => {
  let turn = 0
  test.each(matrix)(
    "at $at of $type its command ran $runs times and it is $status",
    async ({ at, type, runs, status }) => {
      const dir = join(world.home.path, `w${++turn}`)
      mkdirSync(dir)
      const command = standInCommand(dir)
      const { operator, deployment, home } = world
      const settings = `${deployment.settings}[actions]\ncommand = ["${command.path}"]\n`
      const id = await ask(type, dir)
      const killed = startSourceDaemon(home, { settings, crashAt: at })
      expect(await killed.ended).toBe("SIGKILL")

      await using _daemon = startSourceDaemon(home, { settings })
      const receipt = await operator.finished(id)
      expect(receipt.status).toBe(status)
      expect<readonly number[]>(runs).toContain(command.ran().length)
      if (status === "unknown") expect(resultOf(receipt)).toMatchObject(stateShown)
    },
    30_000,
  )
})

test("an action that was interrupted has succeeded if the state has its key", async () => {
  const dir = join(world.home.path, "answered")
  mkdirSync(dir)
  const command = standInCommand(dir)
  const { operator, deployment, home } = world
  const settings = `${deployment.settings}[actions]\ncommand = ["${command.path}"]\n`
  const id = await ask("retry", dir)
  const killed = startSourceDaemon(home, { settings, crashAt: "action.spawned" })
  expect(await killed.ended).toBe("SIGKILL")
  writeState(dir, { answered_keys: [{ key: id, action: { action: "wait" } }] })

  await using _daemon = startSourceDaemon(home, { settings })
  const receipt = await operator.finished(id)
  expect(receipt.status).toBe("completed")
  expect(resultOf(receipt)).toMatchObject({ success: true, state: stateShown.state })
  expect(command.ran().length).toBeLessThanOrEqual(1)
}, 30_000)

const stateShown = { error_code: "interrupted", state: "executing, phase 1: executing" }

/** Asks for an action on an orchestration of its own, whose state lies in that directory. */
async function ask(type: ActionType, dir: string) {
  const { operator } = world
  const payload = actionPayloads(dir)[type]
  const nodeId = await operator.register("box")
  if (type === "start_orchestration") {
    writeState(join(dir, ".worktrees", "auth"))
    return await operator.submit({ nodeId, type }, payload)
  }
  writeState(dir)
  const orchestrationId = await operator.orchestration(nodeId, dir, "auth")
  return await operator.submit({ nodeId, orchestrationId, type }, payload)
}

function writeState(worktree: string, over: object = {}): void {
  const phases = { "1": { status: "executing" } }
  const state = aState({ status: "executing", worktree_path: worktree, phases, ...over })
  mkdirSync(join(worktree, ".claude", "tina"), { recursive: true })
  writeFileSync(join(worktree, ".claude", "tina", "supervisor-state.json"), JSON.stringify(state))
}
