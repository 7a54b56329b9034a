/**
 * SIGHUP from the first moment of a daemon on: without a listener it would end the process, and whoever asks for a
 * reload cannot know how far the start has come. One that comes too early is told to the first listener.
 */
import type { DaemonOptions } from "./seams.ts"

type OnHangup = DaemonOptions["onHangup"]

export function keepHangups(onHangup: OnHangup): Disposable & { readonly onHangup: OnHangup } {
  let hasComeEarly = false
  const early = (): void => void (hasComeEarly = true)
  let tell = early
  const listening = onHangup(() => tell())
  return {
    onHangup(listener) {
      tell = listener
      if (hasComeEarly) listener()
      hasComeEarly = false
      return { [Symbol.dispose]: () => void (tell = early) }
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  }
}
