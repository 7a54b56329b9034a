import { expect, test } from "bun:test"
import { controlsOf } from "../../../src/dashboard/view/controls.ts"
import {
  isUnderWay,
  receiptLines,
  receiptTone,
  resultText,
} from "../../../src/dashboard/view/receipts.ts"
import type { Receipt } from "../../../src/dashboard/view/receipts.ts"
import { boardDetail, boardPhase, idOf } from "../../support/board.ts"

function typesOf(...args: Parameters<typeof boardDetail>) {
  return controlsOf(boardDetail(...args)).map(({ type }) => type)
}

test("only what can work now is offered", () => {
  const phase = (status: Parameters<typeof boardPhase>[1]) => [boardPhase("2", status)]
  expect(typesOf({ phases: phase({ status: "executing" }) })).toEqual(["pause"])
  expect(typesOf({ phases: phase({ status: "reviewing" }) })).toEqual([
    "approve_plan",
    "reject_plan",
    "pause",
  ])
  expect(typesOf({ phases: phase({ status: "planned", planPath: "/p.md" }) })).toEqual([
    "start_execution",
    "pause",
  ])
  expect(typesOf({ status: "blocked", phases: phase({ status: "blocked" }) })).toEqual(["retry"])
  const paused = { status: "blocked", pausedReason: "x" } as const
  expect(typesOf({ ...paused, phases: phase({ status: "blocked" }) })).toEqual(["resume"])
})

test("nothing is offered for what is over, or for a team that has no orchestration", () => {
  const phases = [boardPhase("1")]
  expect(typesOf({ status: "complete", phases })).toEqual([])
  expect(typesOf({ endedAt: "2026-11-20", phases })).toEqual([])
  expect(typesOf({ origin: "adopted", phases })).toEqual([])
})

test("an action names its feature and its phase, as the node needs them", () => {
  const phases = [boardPhase("1", { status: "complete" }), boardPhase("1.5", { status: "blocked" })]
  const [retry] = controlsOf(boardDetail({ status: "blocked", phases }))
  expect(retry?.payload).toEqual({ feature: "auth", phase: "1.5" })
})

function receipt(fields: Partial<Receipt> = {}): Receipt {
  const ids = { actionId: idOf<"inboundActions">("a"), nodeId: idOf<"nodes">("n") }
  const steps = [
    { step: "queued" as const, at: 1000 },
    { step: "claimed" as const, at: 1400 },
  ]
  return { ...ids, type: "pause", status: "claimed", requestedBy: "ada", steps, ...fields }
}

test("a receipt shows every step, with the time since it was asked for", () => {
  expect(receiptLines(receipt())).toEqual([
    { step: "queued", after: "0.0 s" },
    { step: "delivered" },
    { step: "claimed", after: "0.4 s" },
    { step: "started" },
    { step: "finished" },
    { step: "observed" },
  ])
})

test("nothing counts as done before it is finished, and unknown is not done", () => {
  expect(receiptTone(receipt())).toBe("running")
  expect(receiptTone(receipt({ status: "completed" }))).toBe("done")
  expect(receiptTone(receipt({ status: "failed" }))).toBe("failed")
  expect(receiptTone(receipt({ status: "unknown" }))).toBe("waiting")
  expect(isUnderWay(receipt())).toBe(true)
  expect(isUnderWay(receipt({ status: "unknown" }))).toBe(false)
})

test("a result is shown as its message, in whatever form it comes", () => {
  expect(resultText('{"success":false,"message":"no such phase"}')).toBe("no such phase")
  expect(resultText('"done"')).toBe("done")
  expect(resultText("plain words")).toBe("plain words")
  expect(resultText(undefined)).toBeUndefined()
})
