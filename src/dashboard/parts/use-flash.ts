/** Shows that a value has changed since the row was drawn: a class that fades once for each change. */
import { useEffect, useRef, useState } from "react"

export function useFlash(value: string): string {
  const seen = useRef(value)
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    if (seen.current === value) return
    seen.current = value
    setChanges((count) => count + 1)
  }, [value])
  if (changes === 0) return ""
  // Two names of the same animation: only another name makes it begin again.
  return changes % 2 === 0 ? " flash-even" : " flash-odd"
}
