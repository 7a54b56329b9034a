/** A set of keys that a click puts in and the next click takes out. */
import { useCallback, useState } from "react"

export function useToggled(): readonly [ReadonlySet<string>, (key: string) => void] {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const toggle = useCallback((key: string) => {
    setToggled((before) => {
      const after = new Set(before)
      if (!after.delete(key)) after.add(key)
      return after
    })
  }, [])
  return [toggled, toggle]
}
