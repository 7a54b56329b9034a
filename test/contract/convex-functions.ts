/**
 * What the functions of `src/convex` promise, for any deployment that serves them. Run against
 * `convex-test`, the reference that Convex publishes, and against the local deployment, which runs on a
 * thread of its own because both claim the global that Convex functions speak to.
 */
import { describe } from "bun:test"
import { describeAccess } from "./convex/access-suite.ts"
import { describeBoard } from "./convex/board-suite.ts"
import { describeActions } from "./convex/actions-suite.ts"
import { describeIngest } from "./convex/ingest-suite.ts"
import { describeLinking } from "./convex/linking-suite.ts"
import { describeNodes } from "./convex/nodes-suite.ts"
import { describeRetention } from "./convex/retention-suite.ts"
import { describeSingleFunctions } from "./convex/single-functions-suite.ts"
import type { OpenPeer } from "./convex-peer.ts"

export function describeConvexFunctions(deployment: string, open: OpenPeer): void {
  describe(`the Convex functions on ${deployment}`, () => {
    describeAccess(open)
    describeNodes(open)
    describeBoard(open)
    describeIngest(open)
    describeLinking(open)
    describeSingleFunctions(open)
    describeActions(open)
    describeRetention(open)
  })
}
