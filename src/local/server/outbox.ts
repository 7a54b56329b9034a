/**
 * What a socket has yet to be sent, in order. A large message is a row of pieces that are made one at a time, as
 * fast as the client takes them, so a slow reader costs a few megabytes and a large result holds up nobody
 * else. Nothing else may stand between the pieces of one message.
 *
 *   idle -> busy: pieces wait for the socket -> idle: onIdle()
 */
import { setImmediate } from "node:timers"

export interface Socket {
  readonly send: (text: string) => void
  /** Makes what is sent inside one write to the network. */
  readonly together: (body: () => void) => void
  /** Bytes that the client has not taken yet. */
  readonly buffered: () => number
  readonly close: (reason: string) => void
}

export interface Outbox {
  /** Messages, or pieces of one message. */
  readonly send: (texts: Iterable<string>) => void
  /** Whether what is sent now would have to wait. */
  readonly isBusy: () => boolean
  /** The socket takes more. */
  readonly drained: () => void
  /** Forgets what waits. */
  readonly close: () => void
}

const MOST_BUFFERED = 8 * 1024 * 1024
/** So much is sent in one go; then others have their turn. */
const AT_ONCE = 1024 * 1024

export function createOutbox(socket: Socket, onIdle: () => void): Outbox {
  const waiting: Iterator<string>[] = []
  let isContinuing = false

  /** Sends as much as may be sent now. */
  function advance(): void {
    let sent = 0
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      if (socket.buffered() > MOST_BUFFERED) return
      if (sent >= AT_ONCE) return continueLater()
      const { done, value } = first.next()
      if (done === true) waiting.shift()
      else {
        socket.send(value)
        sent += value.length
      }
    }
  }

  function continueLater(): void {
    if (isContinuing) return
    isContinuing = true
    setImmediate(() => {
      isContinuing = false
      proceed()
    })
  }

  function proceed(): void {
    socket.together(advance)
    if (!isBusy()) onIdle()
  }

  function isBusy(): boolean {
    return waiting.length > 0 || socket.buffered() > MOST_BUFFERED
  }

  return {
    isBusy,
    send: (texts) => {
      waiting.push(texts[Symbol.iterator]())
      if (waiting.length === 1 && !isContinuing) socket.together(advance)
    },
    drained: () => {
      if (!isContinuing) proceed()
    },
    close: () => {
      waiting.length = 0
    },
  }
}
