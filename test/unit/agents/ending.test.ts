import { expect, test } from "bun:test"
import type { ProcessOutcome } from "../../../src/base/process.ts"
import { endOf, isLoginProblem } from "../../../src/features/agents/ending.ts"
import { agentTaskId, agentTaskNumber, statesBefore } from "../../../src/model/agent-task.ts"

const captured = (text: string) => ({ text, droppedBytes: 0 })
const printed = (stdout: string, stderr = "") => ({
  stdout: captured(stdout),
  stderr: captured(stderr),
})
const options = { stopReason: undefined, timeoutMs: 5, output: "tail" }

const ends: readonly (readonly [ProcessOutcome, object])[] = [
  [
    { status: "exited", code: 0, ...printed("yes\n") },
    { state: "completed", result: "yes\n", exitCode: 0, output: "tail" },
  ],
  [
    { status: "exited", code: 2, ...printed("", " no \n") },
    { state: "failed", error: "no", exitCode: 2, output: "tail" },
  ],
  [
    { status: "exited", code: 2, ...printed("said something") },
    { state: "failed", error: "Process exited with code 2", exitCode: 2, output: "tail" },
  ],
  [
    { status: "killed", signal: "SIGSEGV", ...printed("") },
    { state: "failed", error: "The process was ended by SIGSEGV", output: "tail" },
  ],
  [
    { status: "timed_out", ...printed("") },
    { state: "timeout", error: "Task timed out after 5ms", output: "tail" },
  ],
]

test("an end is told by what happened", () => {
  for (const [outcome, end] of ends) {
    expect<object>(endOf(outcome, options)).toEqual(end)
  }
})

test("who called a task off is told so, whatever its process did in that moment", () => {
  const outcome = { status: "exited", code: 0, ...printed("done") } as const
  expect(endOf(outcome, { ...options, stopReason: "cancelled" }).state).toBe("cancelled")
  expect(endOf(outcome, { ...options, stopReason: "stopping" }).state).toBe("completed")
})

test.each([
  "Invalid API key · Please run /login",
  "Not logged in",
  'API Error: 401 {"type":"error","error":{"type":"authentication_error"}}',
  "OAuth token has expired. Please obtain a new token",
])("%s means that the login cannot be used", (line) => {
  const outcome = { status: "exited", code: 1, ...printed(`first\n${line}\n`) } as const
  const end = endOf(outcome, options)
  expect(isLoginProblem(end)).toBe(true)
  expect(end.error).toEndWith(line)
})

test("names of tasks count from zero, and other text names none", () => {
  expect([0, 7, 12_345].map(agentTaskId)).toEqual(["task-0000", "task-0007", "task-12345"])
  expect(["task-0000", "task-12345"].map(agentTaskNumber)).toEqual([0, 12_345])
  for (const text of ["", "task-1", "task-00001", "task-0001x", "x-0001", "task--001"]) {
    expect(agentTaskNumber(text)).toBeUndefined()
  }
})

test("what has ended stays as it is", () => {
  expect(statesBefore("running")).toEqual(["queued"])
  expect(statesBefore("completed")).toEqual(["running"])
  expect(statesBefore("cancelled")).toEqual(["queued", "running"])
  expect(statesBefore("queued")).toEqual([])
})
