import { expect, test } from "bun:test"
import { createPageLinks } from "../../../src/control/page-links.ts"

function createLinks() {
  let time = 0
  const links = createPageLinks({ now: () => time, lifetimeMs: 1000 })
  return { links, passTime: (ms: number) => (time += ms) }
}

test("a code works once", () => {
  const { links } = createLinks()
  const { code } = links.issue()
  expect(links.redeem(code)).toBe(true)
  expect(links.redeem(code)).toBe(false)
})

test("a code ends at the time that it says", () => {
  const { links, passTime } = createLinks()
  const first = links.issue()
  passTime(999)
  expect(links.redeem(first.code)).toBe(true)
  const second = links.issue()
  expect(second.expiresAt).toBe(1999)
  passTime(1000)
  expect(links.redeem(second.code)).toBe(false)
})

test("a wrong code, an empty one and a longer one are refused and use nothing up", () => {
  const { links } = createLinks()
  const { code } = links.issue()
  for (const wrong of ["", "x", `${code}x`, code.slice(1)]) expect(links.redeem(wrong)).toBe(false)
  expect(links.redeem(code)).toBe(true)
})

test("no two codes are the same, and only the newest eight wait", () => {
  const { links } = createLinks()
  const codes = Array.from({ length: 20 }, () => links.issue().code)
  expect(new Set(codes).size).toBe(20)
  expect(codes.filter((code) => links.redeem(code))).toEqual(codes.slice(-8))
})
