/** A field that narrows the list beside it while somebody writes; `f` goes to it, Escape empties it. */
import { useRef } from "react"
import { usePreferences } from "../live/preferences.ts"
import { useCommands } from "../live/use-commands.ts"

interface Props {
  /** What is narrowed, for its name. */
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export function FilterField({ label, value, onChange }: Props) {
  const { preferences } = usePreferences()
  const ref = useRef<HTMLInputElement>(null)
  useCommands({ f: () => ref.current?.focus() }, preferences.keys)
  return (
    <input
      ref={ref}
      className="filter-field"
      type="search"
      aria-label={label}
      aria-keyshortcuts="f"
      placeholder="Filter"
      autoComplete="off"
      spellCheck={false}
      maxLength={100}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return
        event.stopPropagation()
        if (value === "") ref.current?.blur()
        else onChange("")
      }}
    />
  )
}
