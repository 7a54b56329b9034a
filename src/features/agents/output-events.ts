/**
 * What an agent prints, as events: gathered for half a second, whole characters only, and no more than a screenful
 * each, so that an agent that floods its output does not push all other events out of their log.
 */
import { startTimer } from "../../base/async.ts"
import type { OutputStream } from "../../base/process.ts"

export interface OutputEvents extends Disposable {
  push(stream: OutputStream, chunk: Uint8Array): void
}

const gatherMs = 500
const maxLength = 4_000

/** Disposing of it tells what is left. */
export function createOutputEvents(
  tell: (stream: OutputStream, chunk: string) => void,
): OutputEvents {
  const pending = { stdout: "", stderr: "" }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  let timer: Disposable | undefined

  function flush(): void {
    timer = undefined
    for (const stream of ["stdout", "stderr"] as const) {
      const chunk = pending[stream]
      pending[stream] = ""
      if (chunk !== "") tell(stream, chunk)
    }
  }

  return {
    push(stream, bytes) {
      const text = decoders[stream].decode(bytes, { stream: true })
      pending[stream] = (pending[stream] + text).slice(-maxLength)
      timer ??= startTimer(gatherMs, flush)
    },
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]()
      flush()
    },
  }
}
