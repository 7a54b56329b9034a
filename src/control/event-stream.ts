/**
 * An answer over HTTP that goes on: the call's own answer first, then what its methods send, as server-sent events of
 * JSON-RPC text. Whoever reads slowly makes the senders wait. It ends when the reader has gone, or the port closes.
 */
import { addAbortListener } from "node:events"
import type { CallContext, Notify } from "../api/methods.ts"
import { startTimer } from "../base/async.ts"
import { notificationText } from "./json-rpc.ts"

type Send = Parameters<NonNullable<CallContext["stream"]>>[0]

export interface Streaming {
  /** For the call: what it registers is sent once `body` is read. */
  readonly context: Required<Pick<CallContext, "signal" | "stream">>
  /** Whether the call has anything to send. */
  isUsed(): boolean
  body(answer: unknown): ReadableStream<Uint8Array>
}

/** A comment now and then keeps the connection from being closed as idle, and shows when its reader has gone. */
const quietMs = 15_000

/** `signal`: the request's; `closing`: the port's. */
export function createStreaming(signal: AbortSignal, closing: AbortSignal): Streaming {
  const gone = new AbortController()
  const sends: Send[] = []

  async function* events(answer: unknown): AsyncGenerator<string, void> {
    using _left = addAbortListener(signal, () => gone.abort())
    using _closing = addAbortListener(closing, () => gone.abort())
    const handover = createHandover(gone.signal)
    const notify: Notify = (name, params) => handover.give(notificationText(name, params))
    const sending = sends.map((send) => send(notify))
    try {
      yield event(JSON.stringify(answer))
      while (!gone.signal.aborted) {
        const text = await handover.take(quietMs)
        if (text !== undefined) yield event(text)
        else if (!gone.signal.aborted) yield ": quiet\n\n"
      }
    } finally {
      gone.abort()
      await Promise.allSettled(sending)
    }
  }

  return {
    context: { signal: gone.signal, stream: (send) => sends.push(send) },
    isUsed: () => sends.length > 0,
    body: (answer) => toStream(events(answer), () => gone.abort()),
  }
}

/** Read as fast as the client takes it. `left`: before the end of the texts, so that they come to one. */
function toStream(texts: AsyncGenerator<string, void>, left: () => void) {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await texts.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      left()
      await texts.return()
    },
  })
}

/** JSON text has no line ends of its own. */
function event(json: string): string {
  return `data: ${json}\n\n`
}

/** One text at a time, from whoever gives it to the one who takes it. */
function createHandover(signal: AbortSignal) {
  const waiting: { readonly text: string; readonly taken: () => void }[] = []
  let wake = () => {}
  signal.addEventListener("abort", () => {
    for (const { taken } of waiting.splice(0)) taken()
    wake()
  })
  return {
    /** Settles when it was taken, or never will be. */
    async give(text: string): Promise<void> {
      if (signal.aborted) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ text, taken: resolve })
      wake()
      await promise
    },
    /** Undefined when nothing came in time, or nothing will. */
    async take(ms: number): Promise<string | undefined> {
      if (waiting.length === 0 && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        using _timer = startTimer(ms, resolve)
        await promise
      }
      const next = waiting.shift()
      next?.taken()
      return next?.text
    },
  }
}
