import { expect, test } from "bun:test"
import { outcomeToResult, refusalToResult } from "../../../src/actions/result.ts"

const nothing = { text: "", droppedBytes: 0 }
const printed = (stdout: string, stderr = "") => ({
  stdout: { ...nothing, text: stdout },
  stderr: { ...nothing, text: stderr },
})

test("outcomeToResult() tells by how the command ended, not by what it printed", () => {
  const misleading = printed("payload invalid", "missing field: unknown action type")
  const code = (outcome: Parameters<typeof outcomeToResult>[0]) => {
    const { status, text } = outcomeToResult(outcome, 1_000)
    return [status, JSON.parse(text).error_code]
  }
  expect(code({ status: "exited", code: 0, ...misleading })).toEqual(["completed", undefined])
  expect(code({ status: "exited", code: 2, ...misleading })).toEqual([
    "failed",
    "cli_exit_non_zero",
  ])
  expect(code({ status: "killed", signal: "SIGSEGV", ...misleading })).toEqual([
    "failed",
    "cli_exit_non_zero",
  ])
  expect(code({ status: "timed_out", ...misleading })).toEqual(["failed", "timed_out"])
  const reason = "there is no command tina"
  expect(code({ status: "not_started", problem: "command_missing", reason })).toEqual([
    "failed",
    "cli_spawn_failed",
  ])
})

test("outcomeToResult() has the message that a person reads, and the rest beside it", () => {
  const failed = outcomeToResult(
    { status: "exited", code: 1, ...printed("", "Error: no\n") },
    1_000,
  )
  expect(JSON.parse(failed.text)).toEqual({
    success: false,
    error_code: "cli_exit_non_zero",
    message: "Error: no",
    exit_code: 1,
    stderr: "Error: no",
  })
  const silent = outcomeToResult({ status: "exited", code: 0, ...printed("") }, 1_000)
  expect(JSON.parse(silent.text)).toEqual({ success: true, message: "done" })
})

test("refusalToResult() names the field that is to blame, where there is one", () => {
  const missing = {
    ok: false,
    code: "payload_missing_field",
    field: "phase",
    message: "m",
  } as const
  expect(JSON.parse(refusalToResult(missing).text)).toEqual({
    success: false,
    error_code: "payload_missing_field",
    message: "m",
    field: "phase",
  })
  const other = { ok: false, code: "unknown_action_type", message: "m" } as const
  expect(JSON.parse(refusalToResult(other).text)).not.toHaveProperty("field")
})
