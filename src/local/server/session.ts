/**
 * One WebSocket of one client: the queries that it watches, who it is, and how far it has been brought.
 * Its query-set changes, sign-ins and mutations go through the engine in the order in which they arrived.
 * After each batch it gets one transition with everything that is different for it (`progress.ts`). A slow reader
 * gets none until its socket has drained, and then one that makes up for what it missed.
 *
 *   open -> (any messages) -> closed      A message that breaks the protocol closes it at once.
 */
import type { Answer, Caller } from "../engine/answer.ts"
import type { Engine, Watch } from "../engine/engine.ts"
import type { Round } from "../engine/live-queries.ts"
import type { LiveQuery, Watcher } from "../engine/live-query.ts"
import { type Json, isArray } from "../values/json.ts"
import { type Timestamp, parseTimestamp } from "../values/timestamps.ts"
import { adminCaller, anonymous, noProviders } from "./identity.ts"
import { type Socket, createOutbox } from "./outbox.ts"
import { createProgress } from "./progress.ts"
import {
  type MessageOf,
  actionSuccess,
  authError,
  callFailed,
  fatalError,
  mutationSuccess,
  parseClientMessage,
} from "./sync-protocol.ts"

export interface SessionDeps {
  readonly engine: Engine
  readonly adminKey: string
  readonly socket: Socket
}

export interface Session {
  readonly receive: (text: string) => void
  /** Brings the client to this timestamp if anything is different for it. */
  readonly flush: (timestamp: Timestamp) => void
  /** Late queries begin to run at one moment. */
  readonly roundBegan: (round: Round) => void
  /** The socket takes more. */
  readonly drained: () => void
  readonly close: () => void
}

interface Watched extends Watcher {
  readonly request: MessageOf<"ModifyQuerySet">["modifications"][number] & { type: "Add" }
  live: LiveQuery | undefined
}

export function createSession({ engine, adminKey, socket }: SessionDeps): Session {
  const self = {}
  const watched = new Map<number, Watched>()
  const outbox = createOutbox(socket, () => {
    const shown = engine.shownTimestamp()
    if (shown !== undefined) flush(shown)
  })
  const progress = createProgress({
    queryOf: (queryId) => watched.get(queryId)?.live,
    released: (texts) => {
      if (!closed) outbox.send(inTurn(answers, texts))
      answers = []
      if (putOff.length > 0) catchUpWithPutOff()
    },
  })
  /** What changes the query set, or who watches it, waits for a transition that is held. */
  let putOff: ((watch: Watch) => void)[] = []
  let caller: Caller = anonymous
  let sessionId: string | undefined
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
        return inOrder((watch) => modifyQuerySet(message, watch))
      case "Authenticate":
        return inOrder(
          (watch) => authenticate(message, watch),
          () => signIn(message),
        )
      case "Mutation":
        return mutate(message)
      case "Action":
        return engine.inOrder(self, () => void act(message))
      case "Event":
        return undefined
    }
  }

  /** `atOnce`: what holds for the calls that follow, though the rest may be put off. */
  function inOrder(body: (watch: Watch) => void, atOnce?: () => void): void {
    engine.inOrder(self, (watch) => {
      if (closed) return
      atOnce?.()
      if (progress.isHeld() || putOff.length > 0) putOff.push(body)
      else body(watch)
    })
  }

  function catchUpWithPutOff(): void {
    engine.inOrder(self, (watch) => {
      if (progress.isHeld()) return
      const bodies = putOff
      putOff = []
      for (const body of bodies) if (!closed) body(watch)
    })
  }

  function connect(message: MessageOf<"Connect">): void {
    sessionId = message.sessionId
    const observed = message.maxObservedTimestamp
    const seen = typeof observed === "string" ? parseTimestamp(observed) : undefined
    if (seen !== undefined && seen > engine.timestamp()) {
      socket.close("InternalServerError: the client is ahead of the deployment")
    }
  }

  function modifyQuerySet(message: MessageOf<"ModifyQuerySet">, watch: Watch): void {
    if (message.baseVersion !== progress.reached().querySet)
      return fail("The query set's version is wrong")
    for (const modification of message.modifications) {
      if (modification.type === "Remove") forget(modification.queryId)
      else add(modification, watch)
    }
    progress.reach({ querySet: message.newVersion })
  }

  function add(request: Watched["request"], watch: Watch): void {
    const { queryId } = request
    leave(watched.get(queryId))
    const entry: Watched = {
      request,
      live: undefined,
      late: () => progress.late(queryId),
      ran: (query, told) => progress.ran(queryId, query, told),
    }
    watched.set(queryId, entry)
    begin(entry, watch)
  }

  /** Its number is for another query now. */
  function leave(entry: Watched | undefined): void {
    if (entry === undefined) return
    entry.live?.release(entry)
    progress.onTime(entry.request.queryId)
  }

  function begin(entry: Watched, watch: Watch): void {
    const { queryId, udfPath: path, args, journal } = entry.request
    const request = { path, args: soleArgument(args), caller, journal: journal ?? null }
    progress.added(queryId)
    entry.live = watch(request, entry)
  }

  function forget(queryId: number): void {
    const entry = watched.get(queryId)
    entry?.live?.release(entry)
    watched.delete(queryId)
    progress.removed(queryId)
  }

  function signIn(message: MessageOf<"Authenticate">): void {
    caller = callerFor(message) ?? caller
  }

  function authenticate(message: MessageOf<"Authenticate">, watch: Watch): void {
    if (message.baseVersion !== progress.reached().identity)
      return fail("The identity's version is wrong")
    if (callerFor(message) === undefined) {
      const problem = message.tokenType === "User" ? noProviders : "The admin key is wrong"
      outbox.send([authError(problem, message.baseVersion)])
      return socket.close("AuthError")
    }
    for (const entry of watched.values()) {
      leave(entry)
      begin(entry, watch)
    }
    progress.reach({ identity: message.baseVersion + 1 })
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
    if (!answer.ok) return outbox.send([callFailed("MutationResponse", requestId, answer)])
    // The client waits for a transition that has reached this timestamp, so the answer goes out with it.
    progress.owe()
    answers.push(mutationSuccess(requestId, answer, answer.timestamp))
  }

  async function act(message: MessageOf<"Action">): Promise<void> {
    if (closed) return
    const { udfPath: path, args, requestId } = message
    const answer = await engine.act({ path, args: soleArgument(args), caller })
    if (closed) return
    if (answer.ok) outbox.send([actionSuccess(requestId, answer)])
    else outbox.send([callFailed("ActionResponse", requestId, answer)])
  }

  function flush(timestamp: Timestamp): void {
    if (closed || !progress.isBehind()) return
    const texts = answers
    answers = []
    if (!progress.mustWait() && !outbox.isBusy())
      outbox.send(inTurn(texts, progress.next(timestamp)))
    else if (texts.length > 0) outbox.send(texts)
  }

  function fail(problem: string): void {
    outbox.send([fatalError(problem)])
    socket.close(problem)
  }

  function close(): void {
    closed = true
    outbox.close()
    for (const entry of watched.values()) entry.live?.release(entry)
    watched.clear()
  }

  return { receive, flush, roundBegan: progress.roundBegan, drained: outbox.drained, close }
}

/** The second is asked for its texts only when it is their turn. */
function* inTurn(first: readonly string[], second: Iterable<string>): Generator<string> {
  yield* first
  yield* second
}

/** Functions take one object; clients send it as an array of one. */
function soleArgument(args: readonly Json[]): Json {
  return isArray(args) && args.length === 1 ? (args[0] ?? null) : [...args]
}
