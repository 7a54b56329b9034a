/** An operator with an official client: registers what actions need, asks for actions, reads their receipts. */
import { ConvexHttpClient } from "convex/browser"
import type { FunctionArgs, FunctionReturnType } from "convex/server"
import { api } from "../../src/convex/_generated/api.js"
import type { Id } from "../../src/convex/_generated/dataModel"
import { eventually } from "./eventually.ts"

export type Receipt = FunctionReturnType<typeof api.actions.actionReceipts>[number]
type Asked = FunctionArgs<typeof api.actions.submitAction>

export interface Operator {
  readonly client: ConvexHttpClient
  nodes(): Promise<FunctionReturnType<typeof api.nodes.listNodes>>
  /** Registers it as its daemon would, and answers its id. */
  register(name: string): Promise<Id<"nodes">>
  /** Writes an orchestration in that worktree as its node would. */
  orchestration(
    nodeId: Id<"nodes">,
    worktreePath: string,
    featureName: string,
  ): Promise<Id<"orchestrations">>
  submit(asked: Omit<Asked, "token" | "payload">, payload: object): Promise<Id<"inboundActions">>
  receipt(actionId: Id<"inboundActions">): Promise<Receipt>
  /** The receipt once the action has come to an end. */
  finished(actionId: Id<"inboundActions">, withinMs?: number): Promise<Receipt>
}

export interface OperatorTokens {
  readonly node: string
  readonly operator: string
}

const ends = ["completed", "failed", "unknown"]

export function createOperator(url: string, tokens: OperatorTokens): Operator {
  const client = new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
  const token = tokens.operator

  async function receipt(actionId: Id<"inboundActions">): Promise<Receipt> {
    const [found] = await client.query(api.actions.actionReceipts, { token, actionId })
    if (found === undefined) throw new Error(`no receipt of ${actionId}`)
    return found
  }

  return {
    client,
    receipt,
    nodes: () => client.query(api.nodes.listNodes, { token }),
    register: (name) =>
      client.mutation(api.nodes.registerNode, { token: tokens.node, name, os: "linux" }),
    orchestration: (nodeId, worktreePath, featureName) =>
      client.mutation(api.orchestrations.upsertOrchestration, {
        token: tokens.node,
        nodeId,
        worktreePath,
        featureName,
        totalPhases: 2,
        currentPhase: 1,
        status: "planning",
        startedAt: "2026-01-02T03:04:05.000Z",
      }),
    submit: (asked, payload) =>
      client.mutation(api.actions.submitAction, {
        ...asked,
        token,
        payload: JSON.stringify(payload),
      }),
    async finished(actionId, withinMs = 15_000) {
      const ended = async () => {
        const found = await receipt(actionId)
        return ends.includes(found.status) ? found : undefined
      }
      return await eventually(ended, { what: `the end of ${actionId}`, withinMs })
    },
  }
}
