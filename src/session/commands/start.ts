/** `start`: a phase's own Claude Code in tmux, with its plan. Where it runs already, it is only waited for. */
import { existsSync } from "node:fs"
import { copyFile, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { isMainPhase } from "../../model/phase-number.ts"
import { sessionLeaf } from "../command-line.ts"
import { optionalText, phaseNumber, toggle, whichOrchestration } from "../flags.ts"
import { makeDirectory } from "../make-directory.ts"
import { localDirName, phaseSession, phaseTeam } from "../names.ts"
import { reportPath } from "../progress/phase-report.ts"
import { nowOf, printLine, type Session } from "../session.ts"
import { findOrchestration, type Orchestration } from "../state/find.ts"
import { stateDirectoryOf } from "../state/state-file.ts"
import { registerTeam } from "../state/team-registry.ts"
import { launchClaude, waitUntilReady } from "../terminal/launch.ts"
import { sessionPath } from "../terminal/tmux.ts"
import { installDependencies } from "../worktree/dependencies.ts"
import { findPlans, planDirectory } from "../worktree/plans.ts"

const runningLimitMs = 10_000

export const startCommand = sessionLeaf({
  name: "start",
  summary: "Start a phase's team lead in tmux, with its plan",
  flags: {
    ...whichOrchestration,
    phase: phaseNumber(),
    plan: optionalText("The plan"),
    "spec-id": optionalText("The spec that init was given, instead of a plan"),
    "install-deps": toggle("Install the project's dependencies in the worktree first"),
    "parent-team-id": optionalText("Team that starts it"),
  },
  run: async (flags, session) => {
    const { phase } = flags
    const orchestration = findOrchestration(session, flags)
    requirePhase(orchestration, phase)
    const plan = await planFor(session, orchestration, flags)
    if (flags["install-deps"]) await installDependencies(session, orchestration.worktree)
    const name = phaseSession(orchestration.state.feature, phase)
    await startOrWait(session, { name, orchestration, phase, plan })
    await register(session, orchestration, { phase, name, parent: flags["parent-team-id"] })
  },
})

function requirePhase({ state }: Orchestration, phase: string): void {
  if (!isMainPhase(phase) || (Number(phase) >= 1 && Number(phase) <= state.total_phases)) return
  const reason = `there is no such phase (total phases: ${state.total_phases})`
  throw new TinaError("not_found", `cannot start phase ${phase}: ${reason}`)
}

interface PlanFlags {
  readonly phase: string
  readonly plan?: string | undefined
  readonly "spec-id"?: string | undefined
}

async function planFor(
  session: Session,
  orchestration: Orchestration,
  { phase, plan, "spec-id": specId }: PlanFlags,
): Promise<string> {
  if ((plan === undefined) === (specId === undefined)) {
    throw new TinaError("usage", "cannot start the phase: give exactly one of --plan and --spec-id")
  }
  if (plan === undefined) return await planFromSpec(session, orchestration, phase)
  const found = [session.cwd, orchestration.worktree]
    .map((base) => resolve(base, plan))
    .find(existsSync)
  if (found !== undefined) return found
  throw new TinaError("not_found", `cannot start the phase: there is no plan ${plan}`)
}

/** The spec as it lies in the worktree becomes the phase's plan, unless the phase has one. */
async function planFromSpec(
  session: Session,
  { worktree, state: { feature } }: Orchestration,
  phase: string,
): Promise<string> {
  const existing = findPlans(worktree, feature).get(phase)
  if (existing !== undefined) return existing
  const spec = join(stateDirectoryOf(worktree), "spec.md")
  if (!existsSync(spec)) {
    throw new TinaError("not_found", `cannot start the phase: there is no ${spec}`, {
      hint: `tina-session start --feature ${feature} --phase ${phase} --plan PLAN.md`,
    })
  }
  const day = nowOf(session).toISOString().slice(0, 10)
  const plan = join(planDirectory(worktree), `${day}-${feature}-phase-${phase}.md`)
  await makeDirectory(planDirectory(worktree))
  await copyFile(spec, plan)
  return plan
}

interface Start {
  readonly name: string
  readonly orchestration: Orchestration
  readonly phase: string
  readonly plan: string
}

async function startOrWait(
  session: Session,
  { name, orchestration, phase, plan }: Start,
): Promise<void> {
  const running = await sessionPath(session, name)
  if (running !== undefined) {
    requireOwn(name, running, orchestration)
    await waitUntilReady(session, name, runningLimitMs)
    printLine(session, `Session '${name}' is running already.`)
    return
  }
  const { worktree, state } = orchestration
  // Of an earlier round of this phase; whoever waits must not take it for this one's.
  await rm(reportPath(worktree, phase), { force: true })
  const team = phaseTeam(state.feature, phase)
  const prompt = `/tina:team-lead-init team_name: ${team} plan_path: ${plan}`
  await launchClaude(session, { name, cwd: worktree, prompt })
  printLine(session, `Started session '${name}'.`)
}

/** Two repositories may run a feature of one name, but tmux knows sessions by their names alone. */
function requireOwn(name: string, path: string, { worktree }: Orchestration): void {
  if (path === worktree) return
  throw new TinaError("conflict", `cannot start the session ${name}: another one runs in ${path}`, {
    hint: `tmux kill-session -t =${name}`,
  })
}

interface Started {
  readonly phase: string
  readonly name: string
  readonly parent: string | undefined
}

async function register(
  session: Session,
  { worktree, state: { feature } }: Orchestration,
  { phase, name, parent }: Started,
): Promise<void> {
  const team = phaseTeam(feature, phase)
  await registerTeam(session, worktree, {
    team_name: team,
    local_dir_name: localDirName(team),
    phase_number: phase,
    parent_team_id: parent,
    tmux_session_name: name,
    registered_at: nowOf(session).toISOString(),
  })
}
