import { expect, test } from "bun:test"
import { fillTemplate } from "../../../src/system/template.ts"

test("fillTemplate() puts a value in its place, as it is", () => {
  expect(fillTemplate("a {{x}}\nb", { x: "$& {{y}}" })).toBe("a $& {{y}}\nb")
})

test("fillTemplate() repeats a line for each value of a list, and leaves it out for none", () => {
  expect(fillTemplate("<\n  {{x}}\n>", { x: ["1", "2"] })).toBe("<\n  1\n  2\n>")
  expect(fillTemplate("<\n  {{x}}\n>", { x: [] })).toBe("<\n>")
})

test("fillTemplate() fills in the parts of a value", () => {
  const x = [{ name: "A", value: "1" }]
  expect(fillTemplate("{{x.name}}={{x.value}}", { x })).toBe("A=1")
})

test("fillTemplate() refuses a template that names what nobody gave", () => {
  expect(() => fillTemplate("{{x}}", {})).toThrow("names x")
  expect(() => fillTemplate("{{x.y}}", { x: [{ z: "" }] })).toThrow("no part y")
})
