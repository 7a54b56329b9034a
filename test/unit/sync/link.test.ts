import { describe, expect, test } from "bun:test"
import type { ClaudeTeam } from "../../../src/model/claude-team.ts"
import { type LinkSources, linkTeam, type TeamOnDisk } from "../../../src/sync/link.ts"

const roster: ClaudeTeam = { members: [], name: "auth" }

function found(over: Partial<TeamOnDisk> = {}): TeamOnDisk {
  return { dir: "session-1a2b3c4d", team: roster, ...over }
}

function sources(over: Partial<LinkSources> = {}): LinkSources {
  return { registry: { teams: [], orchestrations: [] }, worktrees: [], adopt: true, ...over }
}

const registered = {
  teamName: "auth-phase-1",
  localDirName: "auth-phase-1",
  leadSessionId: "s-1",
  phaseNumber: "1",
  orchestrationKey: "worktree:/w/auth",
}

describe("linkTeam()", () => {
  test("prefers a sidecar's orchestration id to a registration of the same directory", () => {
    const link = linkTeam(
      found({ dir: "auth-phase-1", sidecar: sidecar({ orchestrationId: "k1" }) }),
      {
        ...sources(),
        registry: { teams: [registered], orchestrations: [{ id: "k1", key: "worktree:/w/other" }] },
      },
    )
    expect(link).toMatchObject({ linked: true, by: "sidecar", orchestration: "worktree:/w/other" })
  })

  test("links by the sidecar's worktree when there was no network to know an id", () => {
    const link = linkTeam(
      found({ sidecar: sidecar({ worktreePath: "/w/auth", phaseNumber: "1.5" }) }),
      sources({ worktrees: [{ path: "/w/auth", feature: "auth" }] }),
    )
    expect(link).toMatchObject({ orchestration: "worktree:/w/auth", phaseNumber: "1.5" })
  })

  test("leaves a team unlinked, with the reason, when its sidecar names what nobody knows", () => {
    const link = linkTeam(found({ sidecar: sidecar({ orchestrationId: "k9" }) }), sources())
    expect(link).toEqual({
      linked: false,
      reason: "its sidecar names orchestration k9, which this deployment does not know",
    })
  })

  test("does not choose between two worktrees that run the sidecar's feature", () => {
    const worktrees = [
      { path: "/a/auth", feature: "auth" },
      { path: "/b/auth", feature: "auth" },
    ]
    const link = linkTeam(
      found({ sidecar: sidecar({ featureName: "auth" }) }),
      sources({ worktrees }),
    )
    expect(link.linked).toBe(false)
  })

  test("matches a registered team by its lead session when the directory has another name", () => {
    const link = linkTeam(
      found({ team: { ...roster, leadSessionId: "s-1" } }),
      sources({ registry: { teams: [registered], orchestrations: [] } }),
    )
    expect(link).toMatchObject({ by: "registry", teamName: "auth-phase-1", phaseNumber: "1" })
  })

  test("never matches the placeholder session of a team that has not started", () => {
    const waiting = { ...registered, leadSessionId: "pending" }
    const link = linkTeam(
      found({ team: { ...roster, leadSessionId: "pending" } }),
      sources({ registry: { teams: [waiting], orchestrations: [] } }),
    )
    expect(link).toMatchObject({ by: "adopted" })
  })

  test("is not misled by names that look like another orchestration's", () => {
    const link = linkTeam(
      found({
        dir: "auth-orchestration-phase-1",
        team: { ...roster, name: "auth-phase-1-phase-2" },
      }),
      sources({ registry: { teams: [registered], orchestrations: [] } }),
    )
    expect(link).toMatchObject({ by: "adopted", orchestration: "team:auth-orchestration-phase-1" })
  })

  test("says why when adoption is off", () => {
    const link = linkTeam(found(), sources({ adopt: false }))
    expect(link).toEqual({
      linked: false,
      reason: "no sidecar or registration names it, and sync.adopt is off",
    })
  })
})

function sidecar(fields: {
  orchestrationId?: string
  worktreePath?: string
  featureName?: string
  phaseNumber?: string
}): NonNullable<TeamOnDisk["sidecar"]> {
  return {
    orchestrationId: fields.orchestrationId,
    worktreePath: fields.worktreePath,
    featureName: fields.featureName,
    phaseNumber: fields.phaseNumber,
  }
}
