import { describe, expect, test } from "bun:test"
import { attributeTaskDirs } from "../../../src/sync/attribute.ts"

const team = (dir: string, over: object = {}) => ({ dir, ended: false, ...over })

describe("attributeTaskDirs()", () => {
  test("takes the registered directory before the team's own name, and that before the lead session", () => {
    const owner = team("session-1", { registeredDir: "auth-1-5", leadSessionId: "uuid-1" })
    const of = (...dirs: string[]) => [
      ...attributeTaskDirs(new Set(dirs), [owner]).teamByTaskDir.keys(),
    ]
    expect(of("auth-1-5", "session-1", "uuid-1")).toEqual(["auth-1-5"])
    expect(of("session-1", "uuid-1")).toEqual(["session-1"])
    expect(of("uuid-1")).toEqual(["uuid-1"])
  })

  test("gives a session's directory to nobody when two present teams share the session", () => {
    const owners = [team("a", { leadSessionId: "s" }), team("b", { leadSessionId: "s" })]
    const { teamByTaskDir, ambiguous } = attributeTaskDirs(new Set(["s"]), owners)
    expect(teamByTaskDir.size).toBe(0)
    expect(ambiguous.get("s")).toEqual(["a", "b"])
  })

  test("names a session's directory that present teams share, also when each has one of its own", () => {
    const shared = { leadSessionId: "s" }
    const dirs = new Set(["a", "b", "s"])
    const present = [team("a", shared), team("b", shared)]
    expect(attributeTaskDirs(dirs, present).ambiguous).toEqual(new Map([["s", ["a", "b"]]]))
    const ended = [team("a", shared), team("b", { ...shared, ended: true })]
    expect(attributeTaskDirs(dirs, ended).ambiguous.size).toBe(0)
  })

  test("lets a present team claim before one that has ended", () => {
    const owners = [
      team("old", { leadSessionId: "s", ended: true }),
      team("new", { leadSessionId: "s" }),
    ]
    expect(attributeTaskDirs(new Set(["s"]), owners).teamByTaskDir.get("s")).toBe("new")
  })

  test("still attributes late writes to a team that has ended", () => {
    const owners = [team("old", { leadSessionId: "s", ended: true })]
    expect(attributeTaskDirs(new Set(["s"]), owners).teamByTaskDir.get("s")).toBe("old")
  })
})
