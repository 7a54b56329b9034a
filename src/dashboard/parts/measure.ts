/** What a list has to know of the screen: how high a row is, and where in its pane it begins. */
import { type RefObject, useLayoutEffect, useState, useSyncExternalStore } from "react"

const touch = "(pointer: coarse)"

/** 32 pixels for a mouse, 40 for a finger. The style sheet says the same. */
export function useRowHeight(): number {
  const isTouch = useSyncExternalStore(subscribe, () => matchMedia(touch).matches)
  return isTouch ? 40 : 32
}

function subscribe(onChange: () => void): () => void {
  const media = matchMedia(touch)
  media.addEventListener("change", onChange)
  return () => media.removeEventListener("change", onChange)
}

/** The distance from the top of what scrolls to the top of the list, in pixels. */
export function useOffsetIn(
  list: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
): number {
  const [offset, setOffset] = useState(0)
  // After every drawing: what stands above the list may have grown.
  useLayoutEffect(() => {
    if (list.current === null || scroller.current === null) return
    const top = list.current.getBoundingClientRect().top
    const from = scroller.current.getBoundingClientRect().top - scroller.current.scrollTop
    const next = Math.round(top - from)
    if (next !== offset) setOffset(next)
  })
  return offset
}
