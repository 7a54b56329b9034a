import { describe, expect, test } from "bun:test"
import { mkdirSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { sessionWorld, type SessionWorld } from "../../support/session-world.ts"

async function withTeams(): Promise<SessionWorld> {
  const world = await sessionWorld()
  const spec = ["--spec-doc", "docs/auth.md", "--branch", "tina/auth", "--total-phases", "2"]
  await world.ok(["init", "--feature", "auth", ...spec])
  for (const phase of ["1", "2"]) {
    const team = `auth-phase-${phase}`
    const phaseNumber = ["--phase-number", phase]
    await world.ok(["register-team", "--feature", "auth", "--team", team, ...phaseNumber])
    const members = [{ name: "worker" }, { name: `only-${phase}` }, { name: "../escape" }]
    await world.write(`.claude/teams/${team}/config.json`, JSON.stringify({ members }))
  }
  return world
}

const message = ["message", "--feature", "auth", "--text", "hello"]

function inbox(world: SessionWorld, team: string, agent: string) {
  return Bun.file(join(world.claudeDir, "teams", team, "inboxes", `${agent}.json`))
}

describe("message", () => {
  test("goes to the one team that has the member", async () => {
    await using world = await withTeams()
    await world.ok([...message, "--agent", "only-2"])
    expect(await inbox(world, "auth-phase-2", "only-2").json()).toMatchObject([{ text: "hello" }])
  })

  test("does not choose between two, but is told which by the phase or the team", async () => {
    await using world = await withTeams()
    const unclear = await world.run([...message, "--agent", "worker"])
    expect(unclear.code).toBe(2)
    expect(unclear.stderr).toContain("2 have one")
    await world.ok([...message, "--agent", "worker", "--phase", "1"])
    await world.ok([...message, "--agent", "worker", "--team", "auth-phase-1"])
    expect(await inbox(world, "auth-phase-1", "worker").json()).toHaveLength(2)
    expect(await inbox(world, "auth-phase-2", "worker").exists()).toBe(false)
  })

  test("refuses whom nobody knows, and a name that leads out of the directory", async () => {
    await using world = await withTeams()
    expect(await world.run([...message, "--agent", "nobody"])).toMatchObject({ code: 1 })
    const escape = ["--agent", "../escape", "--phase", "1"]
    const refused = await world.run([...message, ...escape])
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toContain("no member's name")
  })

  test("leaves an inbox alone that it does not understand", async () => {
    await using world = await withTeams()
    await world.write(".claude/teams/auth-phase-1/inboxes/only-1.json", "[{")
    const refused = await world.run([...message, "--agent", "only-1"])
    expect(refused.stderr).toContain("not a list of messages")
    expect(await inbox(world, "auth-phase-1", "only-1").text()).toBe("[{")
  })

  test("messages that are sent at once all arrive, also past a lock of the dead", async () => {
    await using world = await withTeams()
    const lock = join(world.claudeDir, "teams/auth-phase-1/inboxes/only-1.json.lock")
    mkdirSync(lock, { recursive: true })
    utimesSync(lock, 1, 1)
    const senders = Array.from({ length: 8 }, () => world.ok([...message, "--agent", "only-1"]))
    await Promise.all(senders)
    expect(await inbox(world, "auth-phase-1", "only-1").json()).toHaveLength(8)
  })
})
