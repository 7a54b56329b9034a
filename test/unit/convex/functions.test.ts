/** The contract of the Convex functions, on the reference implementation that Convex publishes. */
import { describeConvexFunctions } from "../../contract/convex-functions.ts"
import { openConvexTestPeer } from "../../support/convex-test-peer.ts"

describeConvexFunctions("convex-test", openConvexTestPeer)
