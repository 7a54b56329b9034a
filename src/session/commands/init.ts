/** `init`: begins an orchestration. It makes the worktree and the state, or nothing at all. */
import { existsSync, realpathSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { TinaError } from "../../base/errors.ts"
import {
  architectModes,
  detectorScopes,
  enforcementModes,
  testIntegrityProfiles,
} from "../../model/policies.ts"
import {
  modelPolicySchema,
  type ReviewPolicy,
  reviewPolicySchema,
  specDocOf,
  type SupervisorState,
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
import { readState } from "../state/state-file.ts"
import { changedModelPolicy, changedReviewPolicy } from "./policy.ts"
import { launchClaude } from "../terminal/launch.ts"
import { hasSession } from "../terminal/tmux.ts"
import { hasEnded, initialize } from "../worktree/initialize.ts"
import { newState } from "../worktree/new-state.ts"
import { chooseSpec, type Spec } from "../worktree/spec.ts"

const policyFlags = {
  "review-enforcement": optionalChoice(enforcementModes, "Review policy: what is reviewed"),
  "detector-scope": optionalChoice(detectorScopes, "Review policy: where detectors look"),
  "architect-mode": optionalChoice(architectModes, "Review policy: when an architect is asked"),
  "test-integrity-profile": optionalChoice(testIntegrityProfiles, "Review policy: tests"),
  "hard-block-detectors": optionalBoolean("Review policy: a detector's finding blocks"),
  "allow-rare-override": optionalBoolean("Review policy: a finding may be overridden"),
  "require-fix-first": optionalBoolean("Review policy: gaps are repaired before a remediation"),
}

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
    ...policyFlags,
    "review-json": optionalText("Fields of the review policy, over those of the flags"),
    "model-json": optionalText('Fields of the model policy, as {"executor":"haiku"}'),
    "launch-orchestrator": toggle("Start Claude Code in tmux with the orchestrate skill"),
  },
  run: async (flags, session) => {
    const feature = checkFeature(flags.feature)
    const repository = existingDirectory(resolve(session.cwd, flags.cwd ?? "."))
    const paths = [flags["spec-doc"], flags["design-doc"]]
    const spec = chooseSpec(session.cwd, { paths, id: flags["spec-id"] })
    const isLaunched = flags["launch-orchestrator"]
    const launch = async (worktree: string) => {
      if (isLaunched) await launchOrchestrator(session, { feature, spec, worktree })
    }
    const existing = isLaunched ? underWay(join(repository, ".worktrees", feature)) : undefined
    if (existing !== undefined) {
      await launch(existing.worktree_path)
      printBeginning(session, existing, isLaunched)
      return
    }
    const beginning = {
      feature,
      spec,
      totalPhases: flags["total-phases"],
      modelPolicy: changedModelPolicy(modelPolicySchema.parse({}), flags["model-json"]),
      reviewPolicy: changedReviewPolicy(reviewPolicyOf(flags), flags["review-json"]),
      at: nowOf(session),
      isLaunched,
    }
    const state = await initialize(session, {
      feature,
      repository,
      branch: flags.branch,
      stateFor: (place) => newState(beginning, place),
      finish: launch,
    })
    printBeginning(session, state, isLaunched)
  },
})

function existingDirectory(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return realpathSync(path)
  throw new TinaError("not_found", `cannot begin in ${path}: there is no such directory`)
}

/** An orchestration that is under way is not begun again, but its orchestrator may have to be. */
function underWay(worktree: string): SupervisorState | undefined {
  const reading = readState(worktree)
  return reading.status === "read" && !hasEnded(reading.state) ? reading.state : undefined
}

interface Orchestrator {
  readonly feature: string
  readonly spec: Spec
  readonly worktree: string
}

async function launchOrchestrator(
  session: Session,
  { feature, spec, worktree }: Orchestrator,
): Promise<void> {
  const name = orchestrationSession(feature)
  if (await hasSession(session, name)) return
  const prompt = `/tina:orchestrate --feature ${feature} ${spec.argument}`
  await launchClaude(session, { name, cwd: worktree, prompt })
}

function printBeginning(session: Session, state: SupervisorState, isLaunched: boolean): void {
  const { feature, branch, worktree_path: worktree, total_phases: total } = state
  printJson(session, {
    orchestration_id: orchestrationIdOf(worktree),
    team_id: localDirName(orchestrationTeam(feature)),
    worktree_path: worktree,
    feature,
    branch,
    spec_doc: specDocOf(state),
    total_phases: total,
    spec_id: state.spec_id,
    tmux_session_name: isLaunched ? orchestrationSession(feature) : undefined,
  })
}

type PolicyFlags = { readonly [K in keyof typeof policyFlags]?: unknown }

/** What is not given has its default. */
function reviewPolicyOf(flags: PolicyFlags): ReviewPolicy {
  return reviewPolicySchema.parse({
    enforcement: flags["review-enforcement"],
    detector_scope: flags["detector-scope"],
    architect_mode: flags["architect-mode"],
    test_integrity_profile: flags["test-integrity-profile"],
    hard_block_detectors: flags["hard-block-detectors"],
    allow_rare_override: flags["allow-rare-override"],
    require_fix_first: flags["require-fix-first"],
  })
}
