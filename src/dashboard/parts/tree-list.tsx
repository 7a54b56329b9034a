/**
 * One list for everything that is long: rows in levels that open and close, moved through with the
 * keyboard, drawn only where they are seen. The list itself has the focus and names its active row, so a
 * row that is scrolled away loses nothing.
 */
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual"
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useRef, useState } from "react"
import { usePreferences } from "../live/preferences.ts"
import { useOffsetIn, useRowHeight } from "./measure.ts"
import { NewRows } from "./new-rows.tsx"
import { useHeldRows } from "./use-held-rows.ts"
import { keyToMove, moveIn, type ListRow } from "../view/list-move.ts"

interface Props<R extends ListRow> {
  readonly label: string
  readonly rows: readonly R[]
  readonly selectedKey?: string | undefined
  /** What scrolls: the pane in which the list is. */
  readonly scroller: RefObject<HTMLElement | null>
  /** Another value when the person opened, closed or filtered something. */
  readonly arrangement?: unknown
  readonly renderRow: (row: R) => ReactNode
  readonly onOpen: (row: R) => void
  readonly onToggle?: (row: R) => void
}

export function TreeList<R extends ListRow>(given: Props<R>) {
  const [isPointed, setIsPointed] = useState(false)
  const isHeld = isPointed || isReadBelow(given.scroller)
  const { rows, newCount, release } = useHeldRows(given.rows, {
    isHeld,
    arrangement: given.arrangement,
  })
  const props = { ...given, rows }
  const { label, selectedKey, renderRow } = props
  const { preferences } = usePreferences()
  const listId = useId()
  const listRef = useRef<HTMLDivElement>(null)
  const [activeKey, setActiveKey] = useState<string>()
  const { virtualizer, activeIndex } = useRows(props, { listRef, activeKey })
  const activate = (row: R) => (row.opens === "toggle" ? props.onToggle?.(row) : props.onOpen(row))

  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyToMove(event, preferences.keys)
    if (key === undefined) return
    const move = moveIn(rows, activeIndex, key)
    event.preventDefault()
    event.stopPropagation()
    if (move.kind === "open") activate(move.row)
    if (move.kind === "toggle") props.onToggle?.(move.row)
    if (move.kind !== "to") return
    setActiveKey(rows[move.index]?.key)
    virtualizer.scrollToIndex(move.index, { align: "auto" })
  }

  const active = rows[activeIndex]
  return (
    <div
      onPointerEnter={({ pointerType }) => setIsPointed(pointerType === "mouse")}
      onPointerLeave={() => setIsPointed(false)}
    >
      <NewRows count={newCount} onShow={release} />
      <div
        ref={listRef}
        className="tree"
        role="tree"
        aria-label={label}
        tabIndex={0}
        data-list
        aria-activedescendant={active === undefined ? undefined : rowId(listId, active.key)}
        onKeyDown={onKeyDown}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          return (
            <div
              key={row.key}
              id={rowId(listId, row.key)}
              role="treeitem"
              className={classOf(row)}
              aria-level={row.level}
              aria-selected={row.key === selectedKey}
              aria-expanded={row.isOpen}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              data-active={item.index === activeIndex || undefined}
              data-key={row.key}
              style={{
                height: item.size,
                transform: `translateY(${item.start - virtualizer.options.scrollMargin}px)`,
              }}
              onClick={() => {
                setActiveKey(row.key)
                activate(row)
              }}
            >
              {renderRow(row)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function classOf({ level, isHeading, isGone }: ListRow): string {
  return `row level-${level}${isHeading === true ? " heading" : ""}${isGone === true ? " is-gone" : ""}`
}

/** Whether what scrolls has been scrolled: rows that come in above would push away what is read. */
function isReadBelow(scroller: RefObject<HTMLElement | null>): boolean {
  return (scroller.current?.scrollTop ?? 0) > 200
}

interface RowState {
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly activeKey: string | undefined
}

function useRows<R extends ListRow>(props: Props<R>, { listRef, activeKey }: RowState) {
  const { rows, selectedKey, scroller } = props
  const wanted = activeKey ?? selectedKey
  const found = rows.findIndex(({ key }) => key === wanted)
  const activeIndex = found === -1 ? 0 : found
  const rowHeight = useRowHeight()
  const scrollMargin = useOffsetIn(listRef, scroller)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rowHeight(rows[index]),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 10,
    scrollMargin,
    // The active row stays in the document, because the list points at it.
    rangeExtractor: (range: Range) =>
      [...new Set([...defaultRangeExtractor(range), activeIndex])]
        .filter((index) => index < range.count)
        .sort((a, b) => a - b),
  })
  return { virtualizer, activeIndex }
}

function rowId(listId: string, key: string): string {
  return `${listId}${key}`
}
