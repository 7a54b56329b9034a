/** Whether what is shown is live, in the three words that the page uses. */
import { useConvexConnectionState } from "convex/react"
import { useEffect, useRef, useState } from "react"

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "connected" }
  | { readonly state: "reconnecting" | "offline"; readonly since: number }

/** A connection that is lost for longer than this is no hiccup. */
const patienceMs = 8_000

export function useConnection(): Connection {
  const { isWebSocketConnected, hasEverConnected } = useConvexConnectionState()
  const [lostAt, setLostAt] = useState<number>()
  const [isLong, setIsLong] = useState(false)
  const wasConnected = useRef(false)
  useEffect(() => {
    if (isWebSocketConnected) {
      wasConnected.current = true
      setLostAt(undefined)
      setIsLong(false)
      return undefined
    }
    if (wasConnected.current) setLostAt((at) => at ?? Date.now())
    const timer = setTimeout(() => setIsLong(true), patienceMs)
    return () => clearTimeout(timer)
  }, [isWebSocketConnected])
  if (isWebSocketConnected) return { state: "connected" }
  if (!hasEverConnected && !isLong) return { state: "connecting" }
  return { state: isLong ? "offline" : "reconnecting", since: lostAt ?? Date.now() }
}
