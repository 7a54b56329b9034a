/** Whether a node is there. The deployment judged when it last answered; after that silence speaks. */
import type { Node } from "./rows.ts"

/** As in the deployment: a node that is silent for longer is offline. */
const silentMs = 60_000

export function nodeStatus(node: Node, now: number): "online" | "offline" {
  if (node.status === "offline" || node.lastHeartbeat === undefined) return "offline"
  return now - node.lastHeartbeat > silentMs + 15_000 ? "offline" : "online"
}
