import { expect, test } from "bun:test"
import { assert, property, string } from "fast-check"
import { safeHref } from "../../../src/dashboard/view/link.ts"
import { plainText } from "../../../src/dashboard/view/plain-text.ts"
import { parseRoute, type Route, routeToFragment } from "../../../src/dashboard/view/route.ts"

test("every route is read back from its own fragment", () => {
  const routes: Route[] = [
    { screen: "overview" },
    { screen: "history" },
    { screen: "nodes" },
    { screen: "start" },
    { screen: "orchestration", id: "j57abc" },
    { screen: "orchestration", id: "j57abc", detail: { kind: "task", id: "k9" } },
    { screen: "orchestration", id: "j57abc", detail: { kind: "about", id: "orchestration" } },
  ]
  for (const route of routes) expect(parseRoute(routeToFragment(route))).toEqual(route)
})

test("a fragment that is none opens the overview, and never throws", () => {
  for (const fragment of ["", "#", "#/x", "#/o/", "#/o/<script>", "#code=abc"]) {
    expect(parseRoute(fragment)).toEqual({ screen: "overview" })
  }
  assert(
    property(string(), (text) => {
      expect(["overview", "history", "nodes", "orchestration"]).toContain(parseRoute(text).screen)
    }),
  )
})

test("a bad detail opens its orchestration", () => {
  expect(parseRoute("#/o/abc/script/x")).toEqual({ screen: "orchestration", id: "abc" })
})

test("a link leads to the web or to mail, and never to a script", () => {
  expect(safeHref("https://example.com/a?b#c")).toBe("https://example.com/a?b#c")
  expect(safeHref("mailto:ada@example.com")).toBe("mailto:ada@example.com")
  const refused = [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " java\nscript:alert(1)",
    "data:text/html,<script>1</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "/relative",
    "//example.com",
    "",
  ]
  for (const href of refused) expect(safeHref(href)).toBeUndefined()
})

test("a text cannot turn the letters around it, and keeps its own language", () => {
  expect(plainText("\u202Etxt.exe\u0007")).toBe("\uFFFDtxt.exe\uFFFD")
  expect(plainText("مرحبا 👩‍🚀\n\tline")).toBe("مرحبا 👩‍🚀\n\tline")
})
