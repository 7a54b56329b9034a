/**
 * One WebSocket of one client: the queries that it watches, who it is, and how far it has been brought.
 * Its query-set changes, sign-ins and mutations go through the engine in the order in which they arrived.
 * After each batch it gets one transition with everything that is different for it, and never less than
 * everything: all of its results are of one timestamp. A slow reader gets none until its socket has
 * drained, and then one that makes up for what it missed.
 *
 *   open -> (any messages) -> closed      A message that breaks the protocol closes it at once.
 */
import type { Answer, Caller } from "../engine/answer.ts"
import type { Engine, View } from "../engine/engine.ts"
import type { LiveQuery, Watcher } from "../engine/live-queries.ts"
import { type Json, isArray } from "../values/json.ts"
import { type Timestamp, parseTimestamp } from "../values/timestamps.ts"
import { adminCaller, anonymous, noProviders } from "./identity.ts"
import {
  type MessageOf,
  type StateVersion,
  actionSuccess,
  authError,
  callFailed,
  fatalError,
  firstVersion,
  mutationSuccess,
  parseClientMessage,
  queryFailed,
  queryRemoved,
  queryUpdated,
  splitTransition,
  transition,
} from "./sync-protocol.ts"

export interface Socket {
  readonly send: (text: string) => void
  /** Sends several messages at the price of one. */
  readonly sendAll: (texts: readonly string[]) => void
  /** Bytes that the client has not taken yet. */
  readonly buffered: () => number
  readonly close: (reason: string) => void
}

export interface SessionDeps {
  readonly engine: Engine
  readonly adminKey: string
  readonly socket: Socket
}

export interface Session {
  readonly receive: (text: string) => void
  /** Brings the client to this timestamp if anything is different for it. */
  readonly flush: (timestamp: Timestamp) => void
  readonly close: () => void
}

interface Watched extends Watcher {
  readonly request: MessageOf<"ModifyQuerySet">["modifications"][number] & { type: "Add" }
  live: LiveQuery | undefined
}

const MOST_BUFFERED = 8 * 1024 * 1024

export function createSession({ engine, adminKey, socket }: SessionDeps): Session {
  const self = {}
  const watched = new Map<number, Watched>()
  const changed = new Set<number>()
  const removed = new Set<number>()
  /** What the client has been told, and where its query set and identity now are. */
  let version: StateVersion = firstVersion
  let reached: Pick<StateVersion, "querySet" | "identity"> = firstVersion
  let caller: Caller = anonymous
  let sessionId: string | undefined
  let owesTransition = false
  let answers: string[] = []
  let closed = false

  function receive(text: string): void {
    const parsed = parseClientMessage(text)
    if (!parsed.ok) return fail(parsed.problem)
    const { message } = parsed
    switch (message.type) {
      case "Connect":
        return connect(message)
      case "ModifyQuerySet":
        return engine.inOrder(self, (view) => modifyQuerySet(message, view))
      case "Authenticate":
        return engine.inOrder(self, (view) => authenticate(message, view))
      case "Mutation":
        return mutate(message)
      case "Action":
        return engine.inOrder(self, () => startAction(message))
      case "Event":
        return undefined
    }
  }

  function connect(message: MessageOf<"Connect">): void {
    sessionId = message.sessionId
    const observed = message.maxObservedTimestamp
    const seen = typeof observed === "string" ? parseTimestamp(observed) : undefined
    if (seen !== undefined && seen > engine.timestamp()) {
      socket.close("InternalServerError: the client is ahead of the deployment")
    }
  }

  async function modifyQuerySet(message: MessageOf<"ModifyQuerySet">, view: View): Promise<void> {
    if (closed) return
    if (message.baseVersion !== reached.querySet) return fail("The query set's version is wrong")
    for (const modification of message.modifications) {
      if (modification.type === "Remove") forget(modification.queryId)
      else await add(modification, view)
    }
    reached = { ...reached, querySet: message.newVersion }
    owesTransition = true
  }

  async function add(request: Watched["request"], view: View): Promise<void> {
    const entry: Watched = {
      request,
      live: undefined,
      changed: () => changed.add(request.queryId),
    }
    watched.set(request.queryId, entry)
    await watch(entry, view)
  }

  async function watch(entry: Watched, view: View): Promise<void> {
    const { udfPath: path, args, journal } = entry.request
    const request = { path, args: soleArgument(args), caller, journal: journal ?? null }
    const live = await view.watch(request, entry)
    if (closed) return live.release(entry)
    entry.live = live
    changed.add(entry.request.queryId)
  }

  function forget(queryId: number): void {
    const entry = watched.get(queryId)
    entry?.live?.release(entry)
    watched.delete(queryId)
    changed.delete(queryId)
    removed.add(queryId)
  }

  async function authenticate(message: MessageOf<"Authenticate">, view: View): Promise<void> {
    if (closed) return
    if (message.baseVersion !== reached.identity) return fail("The identity's version is wrong")
    const accepted = callerFor(message)
    if (accepted === undefined) {
      const problem = message.tokenType === "User" ? noProviders : "The admin key is wrong"
      socket.send(authError(problem, message.baseVersion))
      return socket.close("AuthError")
    }
    caller = accepted
    for (const entry of watched.values()) {
      entry.live?.release(entry)
      await watch(entry, view)
    }
    reached = { ...reached, identity: message.baseVersion + 1 }
    owesTransition = true
  }

  function callerFor(message: MessageOf<"Authenticate">): Caller | undefined {
    if (message.tokenType === "None") return anonymous
    if (message.tokenType === "User") return undefined
    return adminCaller(adminKey, message.value ?? "", message.impersonating)
  }

  function mutate(message: MessageOf<"Mutation">): void {
    const { udfPath: path, args, requestId } = message
    const request =
      sessionId === undefined ? {} : { request: { session: sessionId, request: requestId } }
    const call = () => ({ path, args: soleArgument(args), caller, ...request })
    engine.mutate({ session: self, call }, (answer) => answerMutation(requestId, answer))
  }

  function answerMutation(requestId: number, answer: Answer): void {
    if (closed) return
    if (!answer.ok) return socket.send(callFailed("MutationResponse", requestId, answer))
    // The client waits for a transition that has reached this timestamp, so the answer goes out with it.
    owesTransition = true
    answers.push(mutationSuccess(requestId, answer, answer.timestamp))
  }

  async function act(message: MessageOf<"Action">, callerThen: Caller): Promise<void> {
    const { udfPath: path, args, requestId } = message
    const answer = await engine.act({ path, args: soleArgument(args), caller: callerThen })
    if (closed) return
    if (answer.ok) socket.send(actionSuccess(requestId, answer))
    else socket.send(callFailed("ActionResponse", requestId, answer))
  }

  // Only the start keeps the order; actions run beside everything else.
  function startAction(message: MessageOf<"Action">): Promise<void> {
    void act(message, caller)
    return Promise.resolve()
  }

  function flush(timestamp: Timestamp): void {
    if (closed || (changed.size === 0 && !owesTransition)) return
    const isSlow = socket.buffered() > MOST_BUFFERED
    socket.sendAll(isSlow ? answers : [...answers, ...nextTransition(timestamp)])
    answers = []
  }

  function nextTransition(timestamp: Timestamp): readonly string[] {
    const end = { ...reached, timestamp }
    const text = transition(version, end, modifications())
    changed.clear()
    removed.clear()
    owesTransition = false
    version = end
    return splitTransition(text)
  }

  function modifications(): string[] {
    const results = [...changed]
      .sort((a, b) => a - b)
      .map((queryId) => {
        const live = watched.get(queryId)?.live
        const write = live?.failed === true ? queryFailed : queryUpdated
        return write(queryId, live?.body ?? "")
      })
    return [...[...removed].map(queryRemoved), ...results]
  }

  function fail(problem: string): void {
    socket.send(fatalError(problem))
    socket.close(problem)
  }

  function close(): void {
    closed = true
    for (const entry of watched.values()) entry.live?.release(entry)
    watched.clear()
  }

  return { receive, flush, close }
}

/** Functions take one object; clients send it as an array of one. */
function soleArgument(args: readonly Json[]): Json {
  return isArray(args) && args.length === 1 ? (args[0] ?? null) : [...args]
}
