import { expect, test } from "bun:test"
import { readForm } from "../../../src/dashboard/view/form.ts"
import type { Node } from "../../../src/dashboard/view/rows.ts"
import { startForm, type StartKnowledge } from "../../../src/dashboard/view/starting.ts"
import { boardOrchestration, idOf, start as now } from "../../support/board.ts"

function node(name: string, status: Node["status"]): Node {
  const seen = { registeredAt: now, lastHeartbeat: now }
  return { _id: idOf(name), _creationTime: now, name, os: "linux", status, ...seen }
}

const knowledge: StartKnowledge = {
  nodes: [node("off", "offline"), node("on", "online")],
  orchestrations: [
    boardOrchestration({
      nodeId: idOf("on"),
      worktreePath: "/srv/app/.worktrees/auth",
      specDocPath: "/srv/app/docs/auth.md",
    }),
    boardOrchestration({ nodeId: idOf("off"), worktreePath: "/other/.worktrees/x" }),
  ],
  projects: [{ repoPath: "/srv/web" }],
  now,
}

const filled = { cwd: "/srv/app", feature: "search", spec_doc: "docs/search.md" }

function read(values: Record<string, string>) {
  const form = startForm(knowledge, values)
  if (form === undefined) throw new Error("there is a machine")
  return readForm(form, values)
}

test("it begins on a machine that is online, in a repository that is known of it", () => {
  const fields = startForm(knowledge, {})?.fields ?? []
  expect(fields.find(({ name }) => name === "node")?.initial).toBe("on")
  const suggestions = fields.map(({ name, suggestions }) => [name, suggestions])
  expect(suggestions).toContainEqual(["cwd", ["/srv/app", "/srv/web"]])
  expect(suggestions).toContainEqual(["spec_doc", ["/srv/app/docs/auth.md"]])
  expect(startForm({ ...knowledge, nodes: [] }, {})).toBeUndefined()
})

test("the one repository that is known stands there already", () => {
  const alone = { ...knowledge, projects: [] }
  const cwd = startForm(alone, {})?.fields.find(({ name }) => name === "cwd")
  expect(cwd?.initial).toBe("/srv/app")
  const reading = startForm(alone, { feature: "auth" })
  if (reading === undefined) throw new Error("there is a machine")
  expect(readForm(reading, { feature: "auth", spec_doc: "x.md" })).toMatchObject({
    problem: "Feature: auth is under way in this repository",
  })
})

test("the branch follows the feature until it is written, and only changed policies are sent", () => {
  const plain = { ...filled, branch: "tina/search", total_phases: 1 }
  expect(read(filled)).toEqual({ status: "ready", type: "start_orchestration", payload: plain })
  const changed = { ...filled, branch: "b", total_phases: "3", executor: "haiku", node: "off" }
  expect(read(changed)).toMatchObject({
    payload: { ...plain, branch: "b", total_phases: 3, model_policy: { executor: "haiku" } },
  })
})

test("what the machine would refuse is said before it is sent", () => {
  const problem = (over: Record<string, string>) => {
    const reading = read({ ...filled, ...over })
    return reading.status === "wrong" ? reading.problem : reading.status
  }
  expect(problem({ feature: "auth" })).toBe("Feature: auth is under way in this repository")
  expect(problem({ feature: "-x" })).toStartWith("Feature: letters")
  expect(problem({ feature: "a..b" })).toStartWith("Feature: letters")
  expect(problem({ cwd: "app" })).toStartWith("Repository: the whole path")
  expect(problem({ total_phases: "0" })).toBe("Phases: at least one")
  expect(problem({ branch: "--force" })).toStartWith("Branch")
  expect(problem({ executor: "gpt" })).toStartWith("gpt: not a model")
})
