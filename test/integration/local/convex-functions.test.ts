/** The contract of the Convex functions, on the local deployment and through an official client. */
import { describeConvexFunctions } from "../../contract/convex-functions.ts"
import { openLocalPeer } from "../../support/local-peer.ts"

describeConvexFunctions("the local deployment", openLocalPeer)
