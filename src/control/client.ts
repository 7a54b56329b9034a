/**
 * The other end of the control socket: connect, call methods, follow events. What arrives is held to the
 * method table, so that a daemon of another version is an error that says so and not a wrong picture.
 * Every failure is a TinaError with what to do.
 */
import type { z } from "zod"
import { methods } from "../api/methods.ts"
import type { MethodName, Output, Params } from "../api/methods.ts"
import { withDeadline } from "../base/async.ts"
import { TinaError, isErrorCode, reasonOf, systemCodeOf } from "../base/errors.ts"
import { isRecord, parseJson } from "../base/json.ts"
import { createLineSocket, lineSocketHandlers } from "./line-socket.ts"
import type { LineSocket, LineSocketEnds } from "./line-socket.ts"
import { createInbox, parseNotification } from "./notifications.ts"
import type { Inbox, Notification } from "./notifications.ts"

export interface ControlClient extends AsyncDisposable {
  call<N extends MethodName>(method: N, params?: Params<N>): Promise<Output<N>>
  /** A method whose name and parameters were given by a person; its result as it came. */
  callAny(method: string, params: unknown): Promise<unknown>
  /** What `events.subscribe` on this connection sends, until the connection ends. To be read once. */
  notifications(): AsyncGenerator<Notification, void>
  /** Forgets notifications that have not been read yet: for whoever is about to look at everything again. */
  skipNotifications(): void
  /** Ends the connection: calls that wait are rejected, `notifications` ends. */
  close(): void
}

export interface ControlClientOptions {
  readonly signal: AbortSignal
  /** How long an answer may take; 30 s unless given. */
  readonly timeoutMs?: number
}

/** The task list of a large machine is one line. */
const limits = { maxLineBytes: 256 * 1024 * 1024, maxBufferedBytes: 1024 * 1024 }

/** TinaError `not_running` if nobody listens at the path, `denied` if it is not ours to use. */
export async function connectControl(
  path: string,
  { signal, timeoutMs = 30_000 }: ControlClientOptions,
): Promise<ControlClient> {
  const socket = await connect(path)
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  const inbox = createInbox()
  const reading = readMessages(socket, { pending, inbox })
  let lastId = 0

  async function callAny(method: string, params: unknown): Promise<unknown> {
    const id = ++lastId
    const answer = Promise.withResolvers<unknown>()
    if (socket.signal.aborted) throw connectionLost()
    pending.set(id, answer)
    const ask = async () => {
      await socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`)
      return await answer.promise
    }
    try {
      return await withDeadline(ask, { ms: timeoutMs, what: `call ${method}`, signal })
    } finally {
      pending.delete(id)
    }
  }

  return {
    callAny,
    async call(method, params) {
      return checkOutput(method, await callAny(method, params ?? {}))
    },
    notifications: () => inbox.take(),
    skipNotifications: () => inbox.skip(),
    close: () => socket.terminate(),
    async [Symbol.asyncDispose]() {
      socket.terminate()
      await reading
    },
  }
}

/** The table once more, in the form that ties each output to the name of its method. */
const rows: { readonly [N in MethodName]: { readonly output: () => z.ZodType<Output<N>> } } =
  methods

function checkOutput<N extends MethodName>(method: N, result: unknown): Output<N> {
  // zod compiles a check when it is first used: a command would wait for that longer than for the check.
  const output = rows[method].output().safeParse(result, { jitless: true })
  if (output.success) return output.data
  throw new TinaError(
    "conflict",
    `cannot read the answer to ${method}: the daemon is of another version`,
    {
      hint: "tina-daemon restart",
      cause: output.error,
    },
  )
}

async function connect(path: string): Promise<LineSocketEnds> {
  const ends = createLineSocket(limits)
  try {
    await Bun.connect<LineSocketEnds | undefined>({
      unix: path,
      data: ends,
      socket: { ...lineSocketHandlers, open: (socket) => ends.opened(socket) },
    })
    return ends
  } catch (error) {
    throw connectError(path, error)
  }
}

function connectError(path: string, error: unknown): TinaError {
  const code = systemCodeOf(error)
  const options = { cause: error, hint: "tina-daemon start" }
  if (code === "ENOENT") {
    return new TinaError("not_running", "cannot reach the daemon: it is not running", options)
  }
  if (code === "ECONNREFUSED") {
    const reason = "nobody answers at its socket"
    return new TinaError("not_running", `cannot reach the daemon: ${reason}`, options)
  }
  const isDenied = code === "EACCES" || code === "EPERM"
  const message = `cannot reach the daemon at ${path}: ${reasonOf(error)}`
  return new TinaError(isDenied ? "denied" : "io", message, {
    cause: error,
    hint: `ls -l ${path}`,
  })
}

interface Mailboxes {
  readonly pending: Map<number, PromiseWithResolvers<unknown>>
  readonly inbox: Inbox
}

/** Hands out what arrives until the connection ends; then nobody is left waiting. It never rejects. */
async function readMessages(socket: LineSocket, { pending, inbox }: Mailboxes): Promise<void> {
  for await (const line of socket.lines()) {
    const json = parseJson(line.status === "line" ? line.text : "")
    if (!json.ok || !isRecord(json.value)) break
    const message = json.value
    const notification = parseNotification(message)
    if (notification !== undefined) inbox.put(notification)
    else if ("id" in message) settle(message, pending)
  }
  socket.terminate()
  for (const { reject } of pending.values()) reject(connectionLost())
  inbox.close()
}

function settle(message: Readonly<Record<string, unknown>>, pending: Mailboxes["pending"]): void {
  const { id, result, error } = message
  // An error without an id means that the daemon could not read a request: the oldest is the likeliest.
  const answered = typeof id === "number" ? id : pending.keys().next().value
  const waiting = answered === undefined ? undefined : pending.get(answered)
  if (error === undefined) waiting?.resolve(result)
  else waiting?.reject(rpcToError(error))
}

function rpcToError(error: unknown): TinaError {
  const { message, data } = isRecord(error) ? error : { message: undefined, data: undefined }
  const { code, hint } = isRecord(data) ? data : { code: undefined, hint: undefined }
  const known = code === "unknown_method" ? "usage" : isErrorCode(code) ? code : "internal"
  const text =
    typeof message === "string" ? message : "the daemon answered with an unreadable error"
  return new TinaError(known, text, typeof hint === "string" ? { hint } : {})
}

function connectionLost(): TinaError {
  return new TinaError("not_running", "cannot reach the daemon: it closed the connection", {
    hint: "tina-daemon status",
  })
}
