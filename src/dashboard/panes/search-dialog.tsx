/** Search over everything: orchestrations, teams, tasks and members by name. Results open with Enter. */
import { type KeyboardEvent, useState } from "react"
import { type Hit, type OlderState, useHits } from "../live/use-hits.ts"
import { go } from "../live/use-route.ts"
import { Dialog } from "../parts/dialog.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { plainText } from "../view/plain-text.ts"
import type { Route } from "../view/route.ts"
import { lookOf } from "../view/tone.ts"

export function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const { hits, problem, older } = useHits(text)
  const active = hits[Math.min(at, hits.length - 1)]
  const open = (hit: Hit | undefined) => {
    if (hit === undefined) return
    onClose()
    go(routeOf(hit))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt(Math.max(0, Math.min(hits.length - 1, at + step)))
    }
    if (event.key === "Enter") open(active)
  }
  return (
    <Dialog title="Search" onClose={onClose}>
      <input
        className="search-field"
        type="text"
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls="hits"
        aria-activedescendant={active === undefined ? undefined : `hit-${active.id}`}
        aria-label="Search orchestrations, teams, tasks and members"
        placeholder="Orchestrations, teams, tasks, members"
        autoComplete="off"
        maxLength={100}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="hits" id="hits" role="listbox" aria-label="Results">
        {hits.map((hit) => (
          <li
            key={hit.id}
            id={`hit-${hit.id}`}
            role="option"
            aria-selected={hit === active}
            onClick={() => open(hit)}
          >
            <StatusMark look={lookOf(hit.status)} isSilent />
            <span className="title" dir="auto">
              {plainText(hit.title)}
            </span>
            <span className="aside faint clip">
              {hit.kind} · {hit.where}
            </span>
          </li>
        ))}
      </ul>
      <p className="faint hits-note" role="status">
        {problem ?? noteFor(text, hits, older.state)}
      </p>
      {older.state === "possible" ? (
        <button type="button" className="more-button" onClick={older.look}>
          Look through older tasks
        </button>
      ) : null}
    </Dialog>
  )
}

function noteFor(text: string, hits: readonly Hit[], older: OlderState): string {
  if (text.trim().length < 2) return "Type two letters or more."
  if (older === "looking") return "Looking through older tasks."
  return hits.length === 0 ? "Nothing has this in its name." : ""
}

function routeOf({ kind, id, orchestrationId }: Hit): Route {
  if (kind === "orchestration") return { screen: "orchestration", id }
  return { screen: "orchestration", id: orchestrationId, detail: { kind, id } }
}
