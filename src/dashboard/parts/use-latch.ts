/** True from the first time on that it was true. */
import { useRef } from "react"

export function useLatch(isSo: boolean): boolean {
  const hasBeen = useRef(false)
  if (isSo) hasBeen.current = true
  return hasBeen.current
}
