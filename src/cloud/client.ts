/**
 * Our side of a Convex deployment: calls over HTTP, each with a deadline, and subscriptions over one
 * WebSocket. Calls hold nothing in memory for later: what must arrive is in the outbox, and whoever calls
 * decides about trying again. Every failure is a TinaError that tells "not reached" from "refused".
 */
import { ConvexClient, ConvexHttpClient } from "convex/browser"
import type { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server"
import { startTimer, withDeadline } from "../base/async.ts"
import type { TinaError } from "../base/errors.ts"
import { liveSocket } from "./live-socket.ts"
import { fetchWithin } from "./reach.ts"
import { refusalToError } from "./refusal.ts"

export interface CallOptions {
  readonly signal: AbortSignal
  /** Milliseconds until the call counts as not answered; 30,000 when left out. */
  readonly timeoutMs?: number
}

export interface Subscriber<T> {
  /** Must not throw: what others were to be told at the same time would be lost. */
  readonly value: (value: T) => void
  readonly failed: (error: TinaError) => void
}

type Query = FunctionReference<"query">
type Mutation = FunctionReference<"mutation">

export interface Cloud extends AsyncDisposable {
  readonly url: string
  query<Q extends Query>(
    query: Q,
    args: FunctionArgs<Q>,
    options: CallOptions,
  ): Promise<FunctionReturnType<Q>>
  mutation<M extends Mutation>(
    mutation: M,
    args: FunctionArgs<M>,
    options: CallOptions,
  ): Promise<FunctionReturnType<M>>
  /** Delivers the result now and after each change, until the returned function is called. */
  subscribe<Q extends Query>(
    query: Q,
    args: FunctionArgs<Q>,
    subscriber: Subscriber<FunctionReturnType<Q>>,
  ): () => void
  /** Calls back with whether the WebSocket is connected, now and when that changes. */
  watchConnection(changed: (connected: boolean) => void): () => void
}

const defaultTimeoutMs = 30_000
/** A WebSocket that is still connecting closes when it has connected: with a silent deployment, never. */
const closeMs = 500

/** Nothing is contacted before the first call or subscription. */
export function openCloud(url: string): Cloud {
  let live: ConvexClient | undefined

  function liveClient(): ConvexClient {
    live ??= new ConvexClient(url, {
      skipConvexDeploymentUrlCheck: true,
      logger: false,
      unsavedChangesWarning: false,
      webSocketConstructor: liveSocket(),
    })
    return live
  }

  async function call<T>(
    { signal, timeoutMs = defaultTimeoutMs }: CallOptions,
    send: (client: ConvexHttpClient) => Promise<T>,
  ): Promise<T> {
    const deadline = { ms: timeoutMs, what: `reach the deployment at ${url}`, signal }
    try {
      return await withDeadline(async (within) => {
        const fetch = fetchWithin(url, within)
        const options = { skipConvexDeploymentUrlCheck: true, logger: false, fetch }
        return await send(new ConvexHttpClient(url, options))
      }, deadline)
    } catch (error) {
      signal.throwIfAborted()
      throw refusalToError(error, url)
    }
  }

  return {
    url,
    query: (query, args, options) => call(options, (client) => client.query(query, args)),
    mutation: (mutation, args, options) =>
      call(options, (client) => client.mutation(mutation, args, { skipQueue: true })),
    subscribe(query, args, { value, failed }) {
      return liveClient().onUpdate(query, args, value, (error) => {
        failed(refusalToError(error, url))
      })
    },
    watchConnection(changed) {
      const client = liveClient()
      changed(client.connectionState().isWebSocketConnected)
      return client.subscribeToConnectionState((state) => changed(state.isWebSocketConnected))
    },
    async [Symbol.asyncDispose]() {
      const late = Promise.withResolvers<void>()
      using _limit = startTimer(closeMs, late.resolve)
      await Promise.race([live?.close(), late.promise])
    },
  }
}
