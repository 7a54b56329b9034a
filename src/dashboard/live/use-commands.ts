/**
 * Single keys and pairs of keys as commands for the whole page. Not while somebody writes or a dialog is
 * open, not with Ctrl, Alt or Meta, and not for people who switched them off; Escape always works.
 */
import { useEffect, useRef } from "react"
import { keyToMove } from "../view/list-move.ts"

export type Commands = Readonly<Record<string, () => void>>

/** The second key of a pair has to follow within this time. */
const pairMs = 1200

export function useCommands(commands: Commands, isOn: boolean): void {
  const latest = useRef(commands)
  latest.current = commands
  useEffect(() => {
    let prefix: { readonly key: string; readonly at: number } | undefined
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (isBusy(event.target)) return
      if (!isOn && event.key !== "Escape") return
      const first = prefix !== undefined && event.timeStamp - prefix.at < pairMs ? prefix.key : ""
      prefix = undefined
      const name = first === "" ? event.key : `${first} ${event.key}`
      const command = latest.current[name]
      if (command !== undefined) {
        event.preventDefault()
        command()
      } else if (event.key === "g") {
        prefix = { key: "g", at: event.timeStamp }
      } else if (keyToMove(event, true) !== undefined && event.target === document.body) {
        focusList()
      }
    }
    addEventListener("keydown", onKeyDown)
    return () => removeEventListener("keydown", onKeyDown)
  }, [isOn])
}

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return true
  return target instanceof HTMLElement && target.matches("input, textarea, select")
}

/** The list of the pane that is in use, or else the first that can be seen. */
export function focusList(): void {
  const lists = [...document.querySelectorAll<HTMLElement>("[data-list]")]
  const seen = lists.filter((list) => list.offsetParent !== null)
  const main = seen.find((list) => list.closest("main") !== null)
  const chosen = main ?? seen[0]
  chosen?.focus()
}
