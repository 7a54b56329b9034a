/**
 * The WebSocket under the subscriptions. To an error that the deployment calls fatal (it is paused, or did not
 * understand something), Convex's client answers by ending for good, and whoever listens would wait for ever: here it
 * is a lost connection, after which the client connects again, later each time, and asks for everything anew.
 */
import { isRecord, parseJson } from "../base/json.ts"

/** An error is a sentence; what is longer is data, and need not be looked through. */
const longestError = 10_000

export function liveSocket(): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      // Before the listener of the client, which is set when this has returned.
      this.addEventListener("message", (event) => {
        if (!isFatal(event.data)) return
        event.stopImmediatePropagation()
        this.close()
      })
    }
  }
}

function isFatal(data: unknown): boolean {
  if (typeof data !== "string" || data.length > longestError) return false
  if (!data.includes("FatalError")) return false
  const json = parseJson(data)
  return json.ok && isRecord(json.value) && json.value["type"] === "FatalError"
}
