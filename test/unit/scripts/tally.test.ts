import { expect, test } from "bun:test"
import { addTallies, formatTally, readTally } from "../../../scripts/tally.ts"

const summary =
  "\n 12 pass\n 1 skip\n 2 todo\n 3 fail\n 4 snapshots, 40 expect() calls\nRan 18 tests across 2 files. [6.00ms]\n"

test("readTally() counts passed, failed, and what did not run", () => {
  expect(readTally(summary)).toEqual({ passed: 12, failed: 3, skipped: 3 })
})

test("readTally() takes the last summary, not what a test printed", () => {
  const printed = " 99 pass\n 7 fail\nRan 106 tests across 1 file. [1ms]\n"
  expect(readTally(`${printed}${"a line\n".repeat(20)}${summary}`).passed).toBe(12)
})

test("readTally() finds nothing in the output of a run that died", () => {
  expect(readTally("panic: Segmentation fault\n")).toEqual({ passed: 0, failed: 0, skipped: 0 })
})

test("addTallies() adds each count", () => {
  const one = { passed: 1, failed: 2, skipped: 3 }
  expect(addTallies([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 })
})

test("formatTally() names skipped ones only where there are some", () => {
  expect(formatTally({ passed: 5, failed: 0, skipped: 0 })).toBe("5 passed, 0 failed")
  expect(formatTally({ passed: 5, failed: 1, skipped: 2 })).toBe("5 passed, 1 failed, 2 skipped")
})
