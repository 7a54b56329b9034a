/**
 * A working day of two machines, as documents: what the page is looked at, tested and pictured with. All
 * times are told back from `now`, so that the page shows the same whenever it is opened.
 */
import type { Document } from "../../src/convex/documents.ts"
import type { NodeReport } from "../../src/dashboard/view/rows.ts"
import { orchestration, phase, supervisorState, task } from "./documents.ts"
import { crew, type Now, work } from "./staged-team.ts"

export interface StagedNode {
  readonly name: string
  readonly os: string
  readonly documents: readonly Document[]
  readonly problems?: NodeReport["problems"]
  readonly unlinked?: NodeReport["unlinked"]
}

export function stagedNodes(now: number): StagedNode[] {
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
  return [
    {
      name: "mbp",
      os: "darwin",
      documents: [...authentication({ ago }), ...reindex({ ago }), ...done({ ago })],
    },
    {
      name: "ci-1",
      os: "linux",
      documents: [...billing({ ago }), ...drafts({ ago }), ...docs({ ago })],
      problems: [
        {
          source: "/srv/ci/.claude/tasks/nightly/7.json",
          code: "malformed",
          message: "cannot read /srv/ci/.claude/tasks/nightly/7.json: it is not JSON",
          since: ago(26),
        },
      ],
      unlinked: [
        {
          dir: "nightly",
          reason: "its sidecar names the worktree /srv/ci/old, which has no supervisor state",
          hint: "tina-daemon session link-team --team nightly --feature FEATURE",
        },
      ],
    },
  ]
}

const authKey = "worktree:/Users/ada/app/.worktrees/auth"

function authentication({ ago }: Now): Document[] {
  const plan = (n: number) =>
    `/Users/ada/app/.worktrees/auth/docs/plans/2026-11-20-auth-phase-${n}.md`
  return [
    orchestration({
      key: authKey,
      featureName: "auth",
      branch: "tina/auth",
      worktreePath: "/Users/ada/app/.worktrees/auth",
      specDocPath: "/Users/ada/app/docs/specs/passkeys.md",
      totalPhases: 3,
      currentPhase: 2,
      startedAt: ago(132),
    }),
    phase({
      orchestration: authKey,
      phaseNumber: "1",
      status: "complete",
      planPath: plan(1),
      gitRange: "a1b2c3d..e4f5a6b",
      planningMins: 10,
      executionMins: 40,
      reviewMins: 8,
      startedAt: ago(130),
      completedAt: ago(72),
    }),
    phase({
      orchestration: authKey,
      phaseNumber: "2",
      status: "executing",
      planPath: plan(2),
      planningMins: 12,
      startedAt: ago(71),
    }),
    phase({ orchestration: authKey, phaseNumber: "3", status: "planned", planPath: plan(3) }),
    ...crew("auth-orchestration", { orchestration: authKey, ago, started: 131 }, [
      ["team-lead", "claude-opus-4-5", "team-lead"],
      ["executor-2", "sonnet", "tina:phase-executor"],
    ]),
    ...work(
      "auth-orchestration",
      ago,
      [
        ["validate-design", "completed", "team-lead"],
        ["plan-phase-1", "completed", "planner-1"],
        ["execute-phase-1", "completed", "executor-1"],
        ["review-phase-1", "completed", "reviewer-1"],
        ["plan-phase-2", "completed", "planner-2"],
        ["execute-phase-2", "in_progress", "executor-2"],
        ["review-phase-2", "pending", undefined, ["6"]],
        ["finalize", "pending", undefined, ["7"]],
      ],
      2,
    ),
    ...crew("auth-phase-1", { orchestration: authKey, ago, started: 120, phaseNumber: "1" }, [
      ["implementer", "haiku", "tina:implementer"],
    ]),
    ...work("auth-phase-1", ago, [
      ["Add the credentials table and its migration", "completed", "implementer"],
      ["Store the challenge beside the session", "completed", "implementer"],
      ["Verify attestation of platform authenticators", "completed", "implementer"],
    ]),
    ...crew("auth-phase-2", { orchestration: authKey, ago, started: 59, phaseNumber: "2" }, [
      ["lead", "opus", "team-lead"],
      ["impl-1", "haiku", "tina:implementer"],
      ["impl-2", "haiku", "tina:implementer"],
      ["tester", "sonnet", "tina:test-engineer"],
    ]),
    ...work(
      "auth-phase-2",
      ago,
      [
        ["Offer passkeys on the sign-in form", "completed", "impl-1"],
        ["Fall back to e-mail when no passkey answers", "completed", "impl-1"],
        ["Rate-limit challenges per account", "completed", "impl-2"],
        ["Remember the last used method per device", "in_progress", "impl-1"],
        ["Revoke a lost passkey from the settings page", "in_progress", "impl-2"],
        ["Tests for an authenticator that changes its counter", "in_progress", "tester"],
        ["Explain passkeys in the help centre", "pending", undefined, ["5"]],
        ["Measure sign-in time before and after", "pending", undefined, ["4", "6"]],
      ],
      2,
    ),
    ...authEvents(ago),
  ]
}

function authEvents(ago: Now["ago"]): Document[] {
  const lines: readonly (readonly [number, string, string, string?])[] = [
    [132, "orchestration_started", "Orchestration of auth started"],
    [130, "phase_started", "Phase 1 started planning", "1"],
    [120, "phase_started", "Phase 1 started executing", "1"],
    [80, "phase_started", "Phase 1 started its review", "1"],
    [72, "phase_completed", "Phase 1 is complete", "1"],
    [71, "phase_started", "Phase 2 started planning", "2"],
    [59, "phase_started", "Phase 2 started executing", "2"],
    [31, "agent_shutdown", "planner-2 has left", "2"],
    [12, "retry", "tester was asked to run the suite again", "2"],
  ]
  return lines.map(([minutes, eventType, summary, phaseNumber], index) => ({
    kind: "event" as const,
    orchestration: authKey,
    eventId: `auth-event-${index}`,
    eventType,
    source: "tina-daemon",
    summary,
    recordedAt: ago(minutes),
    ...(phaseNumber === undefined ? {} : { phaseNumber }),
    ...(eventType === "retry"
      ? { detail: JSON.stringify({ reason: "flaky clock", attempts: 2 }) }
      : {}),
  }))
}

function reindex({ ago }: Now): Document[] {
  const key = "worktree:/Users/ada/search/.worktrees/reindex"
  return [
    orchestration({
      key,
      featureName: "zero-downtime-reindex",
      branch: "tina/reindex",
      worktreePath: "/Users/ada/search/.worktrees/reindex",
      totalPhases: 4,
      currentPhase: 1,
      status: "planning",
      startedAt: ago(9),
    }),
    phase({ orchestration: key, status: "planning", startedAt: ago(8) }),
    ...crew("reindex-orchestration", { orchestration: key, ago, started: 9 }, [
      ["team-lead", "opus", "team-lead"],
      ["planner-1", "opus", "tina:phase-planner"],
    ]),
    ...work("reindex-orchestration", ago, [
      ["validate-design", "completed", "team-lead"],
      ["plan-phase-1", "in_progress", "planner-1"],
      ["execute-phase-1", "pending", undefined, ["2"]],
    ]),
  ]
}

function billing({ ago }: Now): Document[] {
  const key = "worktree:/srv/ci/billing/.worktrees/export"
  return [
    orchestration({
      key,
      featureName: "billing-export",
      branch: "tina/billing-export",
      worktreePath: "/srv/ci/billing/.worktrees/export",
      totalPhases: 3,
      currentPhase: 2,
      status: "blocked",
      startedAt: ago(320),
    }),
    phase({
      orchestration: key,
      phaseNumber: "1",
      status: "complete",
      gitRange: "77aa010..91c2f00",
      planningMins: 22,
      executionMins: 96,
      reviewMins: 31,
      startedAt: ago(318),
      completedAt: ago(168),
    }),
    phase({
      orchestration: key,
      phaseNumber: "1.5",
      status: "complete",
      planningMins: 6,
      executionMins: 25,
      reviewMins: 9,
      startedAt: ago(167),
      completedAt: ago(126),
    }),
    phase({
      orchestration: key,
      phaseNumber: "2",
      status: "blocked",
      planningMins: 14,
      startedAt: ago(125),
      blockedReason: "the staging ledger rejects credit notes with more than 99 lines",
    }),
    ...crew("billing-phase-2", { orchestration: key, ago, started: 110, phaseNumber: "2" }, [
      ["lead", "opus", "team-lead"],
      ["impl-1", "sonnet", "tina:implementer"],
    ]),
    ...work("billing-phase-2", ago, [
      ["Read invoices page by page", "completed", "impl-1"],
      ["Split credit notes that are too long", "in_progress", "impl-1"],
      ["Reconcile totals with the ledger", "pending", undefined, ["2"]],
    ]),
  ]
}

function drafts({ ago }: Now): Document[] {
  const key = "worktree:/srv/ci/mobile/.worktrees/drafts"
  const reason = "waiting for the design of the conflict screen"
  return [
    orchestration({
      key,
      featureName: "offline-drafts",
      branch: "tina/offline-drafts",
      worktreePath: "/srv/ci/mobile/.worktrees/drafts",
      totalPhases: 2,
      currentPhase: 2,
      status: "blocked",
      startedAt: ago(205),
    }),
    supervisorState({
      orchestration: key,
      featureName: "offline-drafts",
      stateJson: JSON.stringify({ paused: { reason, at: ago(40), status: "executing" } }),
    }),
    phase({
      orchestration: key,
      phaseNumber: "1",
      status: "complete",
      planningMins: 18,
      executionMins: 61,
      reviewMins: 12,
      startedAt: ago(203),
      completedAt: ago(110),
    }),
    phase({
      orchestration: key,
      phaseNumber: "2",
      status: "blocked",
      blockedReason: reason,
      startedAt: ago(109),
      planningMins: 20,
      executionMins: 49,
    }),
  ]
}

/** An ad hoc team, one of whose tasks is meant to do harm. */
function docs({ ago }: Now): Document[] {
  const key = "team:session-7f3a91c2"
  return [
    {
      kind: "orchestration",
      key,
      origin: "adopted",
      featureName: "session-7f3a91c2",
      totalPhases: 0,
      currentPhase: 0,
      status: "executing",
      startedAt: ago(47),
    },
    ...crew("session-7f3a91c2", { orchestration: key, ago, started: 47, linkedBy: "adopted" }, [
      ["team-lead", "opus", "team-lead"],
      ["writer", "haiku", "general-purpose"],
    ]),
    ...work("session-7f3a91c2", ago, [
      ["Rewrite the getting-started page", "in_progress", "writer"],
      ["Check every command on a fresh machine", "pending"],
    ]),
    task({
      team: "session-7f3a91c2",
      taskId: "3",
      eventId: "hostile",
      subject: hostileSubject,
      description: hostileDescription,
      owner: "writer",
      recordedAt: ago(3),
    }),
  ]
}

export const hostileSubject = "<img src=x onerror=alert(1)> مرحبا 👩‍🚀 \u202Eevil"

const hostileDescription = [
  "# <script>window.hurt = true</script>",
  "",
  "<img src=x onerror='window.hurt = true'> [press me](javascript:window.hurt=true) [web](https://example.com/a)",
  "[data](data:text/html,<script>window.hurt=true</script>) ![shot](https://example.com/track.png)",
  "",
  "- [ ] one\n- [x] two\n\n| a | b |\n|---|---|\n| <b>1</b> | `2` |\n",
  "مرحبا بالعالم 👩‍🚀",
  "",
  "<iframe src='javascript:window.hurt=true'></iframe>",
  "",
  "a long line without an end ".repeat(38_000),
].join("\n")

function done({ ago }: Now): Document[] {
  const finished = (feature: string, from: number, to: number): Document[] => {
    const key = `worktree:/Users/ada/app/.worktrees/${feature}`
    return [
      orchestration({
        key,
        featureName: feature,
        branch: `tina/${feature}`,
        totalPhases: 2,
        currentPhase: 2,
        status: "complete",
        startedAt: ago(from),
        completedAt: ago(to),
      }),
    ]
  }
  return [
    ...finished("csv-import", 260, 150),
    ...finished("dark-mode", 190, 20),
    ...finished("webhooks-v2", 3000, 2600),
  ]
}
