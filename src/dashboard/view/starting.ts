/**
 * The form that begins an orchestration: on which machine, in which repository, from which design. What it offers is
 * what the deployment knows of each machine. Pure.
 */
import type { ActionForm, FormField, FormValues } from "./form.ts"
import { nodeStatus } from "./node-status.ts"
import { defaultPolicies, policyFields } from "./policies.ts"
import type { HistoryOrchestration, Node } from "./rows.ts"
import { isOver } from "./summary.ts"

/** What is known of the machines and of what ran on them. */
export interface StartKnowledge {
  readonly nodes: readonly Node[]
  /** Those under way and the newest that are over. */
  readonly orchestrations: readonly HistoryOrchestration[]
  readonly projects: readonly { readonly repoPath: string }[]
  readonly now: number
}

const featureForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/
const worktrees = "/.worktrees/"

/** Undefined while no machine is known. */
export function startForm(knowledge: StartKnowledge, values: FormValues): ActionForm | undefined {
  const node = chosenNode(knowledge, values)
  if (node === undefined) return undefined
  const feature = values["feature"]?.trim() ?? ""
  const isOffline = nodeStatus(node, knowledge.now) === "offline"
  const note = isOffline
    ? `${node.name} is offline: it begins when that machine is back.`
    : `Claude Code is started on ${node.name} in a new worktree, and may change files and run commands there unasked.`
  return {
    type: "start_orchestration",
    title: "Start an orchestration",
    verb: "Start",
    note,
    fields: [
      nodeField(knowledge, node),
      ...placeFields(knowledge, { node, feature, cwd: values["cwd"]?.trim() }),
      ...policyFields(defaultPolicies),
    ],
    payload: {},
  }
}

/** The first that is online, unless another was chosen. */
export function chosenNode(
  { nodes, now }: StartKnowledge,
  { node: id }: FormValues,
): Node | undefined {
  const online = nodes.find((node) => nodeStatus(node, now) === "online")
  return nodes.find(({ _id }) => _id === id) ?? online ?? nodes[0]
}

/** Where its worktree will be. */
export function worktreeFor(cwd: string, feature: string): string {
  return `${cwd.replace(/\/+$/, "")}${worktrees}${feature}`
}

function nodeField({ nodes, now }: StartKnowledge, { _id: initial }: Node): FormField {
  const options = nodes.map((node) => ({
    value: node._id,
    label: nodeStatus(node, now) === "online" ? node.name : `${node.name} (offline)`,
  }))
  const own = { isOwn: true, isShort: true }
  return { name: "node", label: "Node", kind: "choice", initial, options, ...own }
}

interface Place {
  readonly node: Node
  readonly feature: string
  /** Undefined until somebody writes it. */
  readonly cwd: string | undefined
}

function placeFields(knowledge: StartKnowledge, { node, feature, cwd }: Place): FormField[] {
  const known = knowledge.orchestrations.filter(({ nodeId }) => nodeId === node._id)
  const repositories = repositoriesOf(knowledge, known)
  const only = repositories.length === 1 ? repositories[0] : undefined
  const repository = cwd ?? only ?? ""
  const isTaken = (name: string) =>
    known.some((row) => !isOver(row) && row.worktreePath === worktreeFor(repository, name))
  return [
    {
      name: "total_phases",
      label: "Phases of the design",
      kind: "count",
      initial: "1",
      isRequired: true,
      isShort: true,
      problemOf: (count) => (Number(count) > 0 ? undefined : "Phases: at least one"),
    },
    line("cwd", "Repository", {
      hint: "Its path on that machine",
      initial: only ?? "",
      suggestions: repositories,
      problemOf: absolutePathProblem("Repository"),
    }),
    line("spec_doc", "Specification", {
      hint: "The path of the design document, from the repository or whole",
      suggestions: distinct(known.map(({ specDocPath }) => specDocPath)),
      problemOf: (path) =>
        path.startsWith("-") ? "Specification: a path does not begin with a dash" : undefined,
    }),
    line("feature", "Feature", {
      isShort: true,
      problemOf: (name) => featureProblem(name, isTaken),
    }),
    line("branch", "Branch", {
      initial: feature === "" ? "" : `tina/${feature}`,
      isShort: true,
      problemOf: (branch) =>
        /^-|\s/.test(branch) ? "Branch: no spaces, and no dash at its beginning" : undefined,
    }),
  ]
}

function featureProblem(name: string, isTaken: (name: string) => boolean): string | undefined {
  if (!featureForm.test(name) || name.includes("..")) {
    return "Feature: letters, digits, dots, dashes and underscores, not beginning with a dash"
  }
  return isTaken(name) ? `Feature: ${name} is under way in this repository` : undefined
}

function line(name: string, label: string, more: Partial<FormField>): FormField {
  return { name, label, kind: "line", initial: "", isRequired: true, ...more }
}

function absolutePathProblem(label: string) {
  return (path: string) =>
    path.startsWith("/") ? undefined : `${label}: the whole path, beginning with a slash`
}

function repositoriesOf(
  { projects }: StartKnowledge,
  known: readonly HistoryOrchestration[],
): string[] {
  const ofWorktrees = known.map(({ worktreePath }) => worktreePath?.split(worktrees, 1)[0])
  return distinct([...ofWorktrees, ...projects.map(({ repoPath }) => repoPath)])
}

function distinct(paths: readonly (string | undefined)[]): string[] {
  return [...new Set(paths.flatMap((path) => path ?? []))].sort()
}
