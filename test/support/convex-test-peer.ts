/** A fresh deployment in memory, made by `convex-test`, with every module of `src/convex`. */
import { convexTest } from "convex-test"
import { modules, schema } from "../../src/local/modules.ts"
import type { Caller, Mutation, Peer, Query } from "../contract/convex-peer.ts"

export function openConvexTest() {
  const loaders: [string, () => Promise<object>][] = Object.entries(modules).map(
    ([name, module]) => [`./${name}.ts`, () => Promise.resolve(module)],
  )
  // convex-test looks for this folder to learn where the modules are.
  loaders.push(["./_generated/server.js", () => Promise.resolve({})])
  return convexTest(schema, Object.fromEntries(loaders))
}

export function openConvexTestPeer(): Promise<Peer> {
  const deployment = openConvexTest()
  const caller: Caller = {
    query: (reference, args) => deployment.query<Query>(reference, args),
    mutation: (reference, args) => deployment.mutation<Mutation>(reference, args),
  }
  return Promise.resolve({
    ...caller,
    admin: caller,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
}
