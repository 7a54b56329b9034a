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

/**
 * The distance from the top of what scrolls to the top of the list, in pixels. Asked for when something beside the
 * list changes its size, or comes or goes: to ask after each drawing would lay out the whole pane each time.
 */
export function useOffsetIn(
  list: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
): number {
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    const pane = scroller.current
    const own = list.current
    if (pane === null || own === null) return undefined
    const measure = () => setOffset(offsetIn(own, pane))
    const sizes = new ResizeObserver(measure)
    const watch = () => {
      for (const part of pane.children) sizes.observe(part)
      measure()
    }
    const parts = new MutationObserver(watch)
    parts.observe(pane, { childList: true })
    watch()
    return () => {
      sizes.disconnect()
      parts.disconnect()
    }
  }, [list, scroller])
  return offset
}

function offsetIn(list: HTMLElement, pane: HTMLElement): number {
  const from = pane.getBoundingClientRect().top - pane.scrollTop
  return Math.round(list.getBoundingClientRect().top - from)
}
