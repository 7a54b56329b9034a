import { describe, expect, test } from "bun:test"
import {
  comparePhaseNumbers,
  isMainPhase,
  mainPhaseOf,
  parsePhaseNumber,
  remediationDepth,
  remediationOf,
} from "../../../src/model/phase-number.ts"

describe("phase numbers", () => {
  test.each(["1", "10", "1.5", "1.5.5", "0"])("%p is one", (phase) => {
    expect(parsePhaseNumber(phase)).toEqual({ ok: true, value: phase })
  })

  test.each(["", ".", "1.", ".5", "1..5", "one", "1a", "-1", "1 ", "1/2", "../1", "__proto__"])(
    "%p is none",
    (phase) => {
      expect(parsePhaseNumber(phase)).toMatchObject({ ok: false })
    },
  )

  test("a retry in the number is explained", () => {
    const check = parsePhaseNumber("1-retry")
    expect(check.ok ? "" : check.problem).toContain("--event retry")
  })

  test("a remediation is one level below the phase that it remedies", () => {
    expect(remediationOf("1")).toBe("1.5")
    expect(remediationOf("1.5")).toBe("1.5.5")
    expect(["1", "1.5", "1.5.5", "5"].map(remediationDepth)).toEqual([0, 1, 2, 0])
  })

  test("only a number without a dot is a main phase, and each phase belongs to one", () => {
    expect(["1", "12", "1.5", "x"].map(isMainPhase)).toEqual([true, true, false, false])
    expect(["3", "3.5", "3.5.5"].map(mainPhaseOf)).toEqual([3, 3, 3])
  })

  test("phases are ordered as they are worked through, not as text", () => {
    const phases = ["10", "2", "1.5.5", "1.10", "1", "1.5", "2.5"]
    expect(phases.sort(comparePhaseNumbers)).toEqual([
      "1",
      "1.5",
      "1.5.5",
      "1.10",
      "2",
      "2.5",
      "10",
    ])
  })
})
