/**
 * A Unix socket as lines in and text out, the same at both ends. Both queues stay small: nothing more is
 * read while the reader of `lines` is behind, and `write` settles only when the peer has taken enough. It
 * knows nothing of what the lines say.
 */
import type { Socket, SocketHandler } from "bun"
import { createLineReader } from "../base/ndjson.ts"
import type { Line } from "../base/ndjson.ts"
import { createByteQueue } from "./byte-queue.ts"

export interface LineSocket {
  /** The peer's lines, up to its half-close or its end. To be read once. */
  lines(): AsyncGenerator<Line, void>
  /** Ends `lines` after the one at hand; what is left unread is dropped. */
  stopReading(): void
  /** Queues the text; settles when there is room for more, or when the socket is gone. Never rejects. */
  write(text: string): Promise<void>
  /** Closes once what was written has gone out. */
  end(): void
  /** Closes at once. */
  terminate(): void
  /** Aborted when the socket is closed, by whichever side. */
  readonly signal: AbortSignal
}

export interface LineSocketLimits {
  readonly maxLineBytes: number
  /** Unsent bytes above which `write` waits, and unread bytes above which nothing more is read. */
  readonly maxBufferedBytes: number
}

type BunSocket = Socket<LineSocketEnds | undefined>

/** A LineSocket together with what Bun tells it. */
export interface LineSocketEnds extends LineSocket {
  opened(socket: BunSocket): void
  received(chunk: Uint8Array): void
  drained(): void
  halfClosed(): void
  closed(): void
}

/** The handlers for Bun.listen and Bun.connect: each socket carries its LineSocketEnds as `data`. */
export const lineSocketHandlers = {
  data: (socket, chunk) => socket.data?.received(chunk),
  drain: (socket) => socket.data?.drained(),
  end: (socket) => socket.data?.halfClosed(),
  close: (socket) => socket.data?.closed(),
  // A reset is followed by `close`, which is all that matters here.
  error: () => {},
} satisfies SocketHandler<LineSocketEnds | undefined>

export function createLineSocket(limits: LineSocketLimits): LineSocketEnds {
  const closing = new AbortController()
  const inbound = createInbound(limits)
  const outbound = createOutbound(limits)
  let socket: BunSocket | undefined
  return {
    lines: () => inbound.lines(),
    stopReading: () => inbound.stop(),
    async write(text) {
      if (!closing.signal.aborted) await outbound.write(text)
    },
    end: () => outbound.end(),
    terminate: () => socket?.terminate(),
    signal: closing.signal,
    opened(opened) {
      socket = opened
      inbound.opened(opened)
      outbound.opened(opened)
    },
    received: (chunk) => inbound.received(chunk),
    drained: () => outbound.flush(),
    halfClosed: () => inbound.over(),
    closed() {
      closing.abort()
      inbound.over()
      outbound.closed()
    },
  }
}

/** Bytes split into lines at a time, so that a chunk of tiny lines does not become a heap of them. */
const sliceBytes = 16_384

function createInbound(limits: LineSocketLimits) {
  const reader = createLineReader(limits)
  const queue = createByteQueue()
  let socket: BunSocket | undefined
  let isPaused = false
  let isOver = false
  let isStopped = false
  let wake = () => {}

  /** Reads on only while there is room. */
  function throttle(): void {
    const shouldPause = queue.bytes() >= limits.maxBufferedBytes
    if (shouldPause === isPaused || isOver) return
    isPaused = shouldPause
    if (isPaused) socket?.pause()
    else socket?.resume()
  }

  async function* lines(): AsyncGenerator<Line, void> {
    for (;;) {
      const slice = queue.peek().subarray(0, sliceBytes)
      const isLast = slice.length === 0 && isOver
      queue.drop(slice.length)
      throttle()
      for (const line of isLast ? reader.end() : reader.push(slice)) {
        if (isStopped) return
        yield line
      }
      if (isLast || isStopped) return
      if (queue.bytes() === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  function over(): void {
    isOver = true
    wake()
  }

  return {
    lines,
    over,
    opened: (opened: BunSocket) => void (socket = opened),
    received(chunk: Uint8Array) {
      queue.push(chunk)
      throttle()
      wake()
    },
    stop() {
      isStopped = true
      over()
    },
  }
}

function createOutbound(limits: LineSocketLimits) {
  const queue = createByteQueue()
  let socket: BunSocket | undefined
  let isEnding = false
  let room = Promise.withResolvers<void>()

  function flush(): void {
    while (sendSome()) {}
    if (queue.bytes() < limits.maxBufferedBytes) makeRoom()
    if (isEnding && queue.bytes() === 0) socket?.end()
  }

  /** Whether the socket took something, and so may take more. */
  function sendSome(): boolean {
    if (socket === undefined || queue.bytes() === 0) return false
    const accepted = socket.write(queue.peek())
    if (accepted > 0) queue.drop(accepted)
    return accepted > 0
  }

  function makeRoom(): void {
    room.resolve()
    room = Promise.withResolvers()
  }

  return {
    flush,
    closed: makeRoom,
    opened(opened: BunSocket) {
      socket = opened
      flush()
    },
    write(text: string): Promise<void> {
      const { promise } = room
      queue.push(Buffer.from(text))
      flush()
      return promise
    },
    end() {
      isEnding = true
      flush()
    },
  }
}
