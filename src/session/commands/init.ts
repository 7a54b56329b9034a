/** `init`: begins an orchestration. It makes the worktree and the state, or nothing at all. */
import { existsSync, realpathSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { TinaError } from "../../base/errors.ts"
import {
  architectModes,
  detectorScopes,
  enforcementModes,
  supervisorStateSchema,
  type SupervisorState,
  testIntegrityProfiles,
} from "../../model/supervisor-state.ts"
import { sessionLeaf } from "../command-line.ts"
import {
  optionalBoolean,
  optionalChoice,
  optionalText,
  text,
  toggle,
  wholeNumber,
} from "../flags.ts"
import { checkFeature, localDirName, orchestrationSession, orchestrationTeam } from "../names.ts"
import { nowOf, printJson, type Session } from "../session.ts"
import { orchestrationIdOf } from "../state/find.ts"
import { launchClaude } from "../terminal/launch.ts"
import { initialize } from "../worktree/initialize.ts"

export const initCommand = sessionLeaf({
  name: "init",
  summary: "Begin an orchestration: a worktree on its own branch, with the state in it",
  flags: {
    feature: text("Name of the feature"),
    cwd: optionalText("The repository; the current directory unless given"),
    branch: text("Name of the new branch; the time is added if it exists"),
    "total-phases": wholeNumber("How many phases the design has"),
    "spec-doc": optionalText("The design document"),
    "design-doc": optionalText("The same, as older versions call it"),
    "spec-id": optionalText("Id of a spec, instead of a document"),
    "review-enforcement": optionalChoice(enforcementModes, "Review policy: what is reviewed"),
    "detector-scope": optionalChoice(detectorScopes, "Review policy: where detectors look"),
    "architect-mode": optionalChoice(architectModes, "Review policy: when an architect is asked"),
    "test-integrity-profile": optionalChoice(testIntegrityProfiles, "Review policy: tests"),
    "hard-block-detectors": optionalBoolean("Review policy: a detector's finding blocks"),
    "allow-rare-override": optionalBoolean("Review policy: a finding may be overridden"),
    "require-fix-first": optionalBoolean("Review policy: gaps are repaired before a remediation"),
    "launch-orchestrator": toggle("Start Claude Code in tmux with the orchestrate skill"),
  },
  run: async (flags, session) => {
    const feature = checkFeature(flags.feature)
    const repository = existingDirectory(resolve(session.cwd, flags.cwd ?? "."))
    const spec = specOf(session, { ...flags, docs: [flags["spec-doc"], flags["design-doc"]] })
    const tmux = flags["launch-orchestrator"] ? orchestrationSession(feature) : undefined
    const { worktree, branch } = await initialize(session, {
      feature,
      repository,
      branch: flags.branch,
      stateFor: (place) =>
        newState({
          feature,
          ...place,
          ...spec,
          total_phases: flags["total-phases"],
          review_policy: reviewPolicyOf(flags),
          at: nowOf(session).toISOString(),
          tmux,
        }),
      finish: async (worktree) => {
        if (tmux === undefined) return
        const prompt = `/tina:orchestrate --feature ${feature} ${spec.argument}`
        await launchClaude(session, { name: tmux, cwd: worktree, prompt })
      },
    })
    printJson(session, {
      orchestration_id: orchestrationIdOf(worktree),
      team_id: localDirName(orchestrationTeam(feature)),
      worktree_path: worktree,
      feature,
      branch,
      spec_doc: spec.spec_doc,
      total_phases: flags["total-phases"],
      ...(spec.spec_id === undefined ? {} : { spec_id: spec.spec_id }),
      ...(tmux === undefined ? {} : { tmux_session_name: tmux }),
    })
  },
})

interface Spec {
  readonly spec_doc: string
  readonly spec_id?: string
  /** How the orchestrate skill is told of it. */
  readonly argument: string
}

interface SpecFlags {
  readonly docs: readonly (string | undefined)[]
  readonly "spec-id"?: string | undefined
}

function specOf(session: Session, { docs, "spec-id": id }: SpecFlags): Spec {
  const [path, ...others] = docs.filter((doc) => doc !== undefined)
  if (others.length > 0 || (path === undefined) === (id === undefined)) {
    throw new TinaError("usage", "cannot begin: give exactly one of --spec-doc and --spec-id", {
      hint: "tina-session init --help",
    })
  }
  if (path === undefined) {
    return { spec_doc: `convex://${id}`, spec_id: id ?? "", argument: `--spec-id ${id}` }
  }
  const found = resolve(session.cwd, path)
  if (!existsSync(found) || !statSync(found).isFile()) {
    throw new TinaError(
      "not_found",
      `cannot read the design document ${found}: there is no such file`,
    )
  }
  const real = realpathSync(found)
  return { spec_doc: real, argument: real }
}

function existingDirectory(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return realpathSync(path)
  throw new TinaError("not_found", `cannot begin in ${path}: there is no such directory`)
}

interface NewState {
  readonly feature: string
  readonly worktree: string
  readonly branch: string
  readonly spec_doc: string
  readonly spec_id?: string
  readonly total_phases: number
  readonly review_policy: object
  readonly at: string
  readonly tmux: string | undefined
}

/** Through the schema, so that a state that is written can be read. */
function newState({ worktree, at, tmux, ...fields }: NewState): SupervisorState {
  const team = orchestrationTeam(fields.feature)
  const parsed = supervisorStateSchema.safeParse({
    version: 1,
    feature: fields.feature,
    spec_doc: fields.spec_doc,
    spec_id: fields.spec_id,
    worktree_path: worktree,
    branch: fields.branch,
    total_phases: fields.total_phases,
    current_phase: 1,
    status: "planning",
    orchestration_started_at: at,
    review_policy: fields.review_policy,
    teams: [
      {
        team_name: team,
        local_dir_name: localDirName(team),
        tmux_session_name: tmux,
        registered_at: at,
      },
    ],
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const problem = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`
  throw new TinaError("usage", `cannot begin with ${problem}`)
}

interface PolicyFlags {
  readonly "review-enforcement"?: string | undefined
  readonly "detector-scope"?: string | undefined
  readonly "architect-mode"?: string | undefined
  readonly "test-integrity-profile"?: string | undefined
  readonly "hard-block-detectors"?: boolean | undefined
  readonly "allow-rare-override"?: boolean | undefined
  readonly "require-fix-first"?: boolean | undefined
}

function reviewPolicyOf(flags: PolicyFlags): object {
  return {
    enforcement: flags["review-enforcement"],
    detector_scope: flags["detector-scope"],
    architect_mode: flags["architect-mode"],
    test_integrity_profile: flags["test-integrity-profile"],
    hard_block_detectors: flags["hard-block-detectors"],
    allow_rare_override: flags["allow-rare-override"],
    require_fix_first: flags["require-fix-first"],
  }
}
