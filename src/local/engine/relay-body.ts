/**
 * The body of a function's response on its way to the client, up to Convex's limit. However fast the function makes it,
 * everything else on this thread has its turn between two chunks.
 */
import { afterEvents } from "./events.ts"
import { refusal } from "./failure.ts"

export interface RelayedBody {
  readonly stream: ReadableStream<Uint8Array>
  /** Resolves when all of it was taken or nobody wants it any more; rejects when it cannot be read. */
  readonly taken: Promise<void>
  /** Breaks off: the client sees that something is missing. */
  readonly fail: () => void
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** Of a request's or a response's body. https://docs.convex.dev/functions/http-actions#limits */
export const MAX_BODY_BYTES = 20 * 1024 * 1024

export function relayBody(source: ReadableStream<Uint8Array>): RelayedBody {
  const taken = Promise.withResolvers<void>()
  const reader = source.getReader()
  let size = 0
  let control: Controller | undefined

  /** Undefined at the end. */
  async function readChunk(): Promise<Uint8Array | undefined> {
    await afterEvents()
    const { done, value } = await reader.read()
    if (done) return undefined
    if (!(value instanceof Uint8Array)) throw new TypeError("the chunks of a body have to be bytes")
    size += value.byteLength
    if (size > MAX_BODY_BYTES) throw refusal(bodyTooLarge("Response"))
    return value
  }

  async function pull(controller: Controller): Promise<void> {
    try {
      const chunk = await readChunk()
      if (chunk !== undefined) return controller.enqueue(chunk)
      controller.close()
      taken.resolve()
    } catch (error) {
      taken.reject(error)
    }
  }

  function drop(): void {
    reader.cancel().catch(() => undefined)
  }

  const start = (controller: Controller) => {
    control = controller
  }
  const cancel = () => {
    taken.resolve()
    drop()
  }
  return {
    stream: new ReadableStream({ start, pull, cancel }, { highWaterMark: 0 }),
    taken: taken.promise,
    fail: () => {
      // Bun writes an error to the process's own output, but not one without a value.
      control?.error()
      drop()
    },
  }
}

export function bodyTooLarge(of: "Request" | "Response"): string {
  return `${of} body is too large (maximum size ${MAX_BODY_BYTES / 1024 / 1024} MiB)`
}
