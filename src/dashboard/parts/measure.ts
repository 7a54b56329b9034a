/** What a list has to know of the screen: how high a row is, and where in its pane it begins. */
import { type RefObject, useCallback, useLayoutEffect, useState, useSyncExternalStore } from "react"

const noteHeight = 36

/**
 * 32 pixels for a mouse, 40 for a finger, and more for a note where there is one pane only: elsewhere there is
 * room for what it says beside the list. The style sheets say the same.
 */
export function useRowHeight(): (row: { readonly note?: string } | undefined) => number {
  const height = useMedia("(pointer: coarse)") ? 40 : 32
  const hasNotes = useMedia("(max-width: 767px)")
  return (row) => height + (hasNotes && row?.note !== undefined ? noteHeight : 0)
}

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const media = matchMedia(query)
      media.addEventListener("change", onChange)
      return () => media.removeEventListener("change", onChange)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
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
