/** The bar above everything: search, what needs somebody, whether the page is live, and the person's choices. */
import { useState } from "react"
import { useBoard } from "../live/board.ts"
import { useNow } from "../live/page-clock.ts"
import { usePreferences } from "../live/preferences.ts"
import type { Connection } from "../live/use-connection.ts"
import { useViewer } from "../live/use-live.ts"
import { Icon, type IconName } from "../parts/icon.tsx"
import { nodeStatus } from "../view/node-status.ts"
import type { Role } from "../view/rows.ts"
import { formatClock } from "../view/time.ts"
import { OperatorDialog } from "./operator-dialog.tsx"

interface Props {
  readonly connection: Connection
  readonly onSearch: () => void
  readonly onKeys: () => void
}

export function TopBar({ connection, onSearch, onKeys }: Props) {
  const viewer = useViewer()
  return (
    <header className="top-bar">
      <a className="brand" href="#/" aria-label="tina, overview">
        tina
      </a>
      <button type="button" className="search-button" onClick={onSearch} aria-keyshortcuts="/">
        <Icon name="search" />
        <span className="search-text">Search</span>
        <kbd>/</kbd>
      </button>
      <span className="spring" />
      <NeedCount />
      <ConnectionText connection={connection} />
      <NodeCount />
      <RoleBadge role={viewer.role} />
      <NotifyButton />
      <ThemeButton />
      <button type="button" className="icon-button" onClick={onKeys} title="Keys (?)">
        <Icon name="keys" />
        <span className="unseen">Keys</span>
      </button>
      <button type="button" className="icon-button" onClick={viewer.signOut} title="Sign out">
        <Icon name="leave" />
        <span className="unseen">Sign out</span>
      </button>
    </header>
  )
}

/** Who can only look may sign in as somebody who may do more. */
function RoleBadge({ role }: { readonly role: Role | undefined }) {
  const [isAsking, setIsAsking] = useState(false)
  if (role === undefined || role === "operator") return null
  return (
    <>
      <button
        type="button"
        className="badge"
        title="Sign in as an operator"
        onClick={() => setIsAsking(true)}
      >
        {role}: read only
      </button>
      {isAsking ? <OperatorDialog onClose={() => setIsAsking(false)} /> : null}
    </>
  )
}

function NeedCount() {
  const { needs } = useBoard()
  if (needs.length === 0) return <span className="quiet wide-only">nothing needs you</span>
  return (
    <a href="#/" className="need-count">
      <Icon name="warning" />
      <span className="num">{needs.length}</span> {needs.length === 1 ? "needs you" : "need you"}
    </a>
  )
}

function ConnectionText({ connection }: { readonly connection: Connection }) {
  return (
    <span className={`connection is-${connection.state}`} role="status">
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-word">{connection.state}</span>
      {"since" in connection ? (
        <span className="num last-update">last update {formatClock(connection.since)}</span>
      ) : null}
    </span>
  )
}

function NodeCount() {
  const { nodes } = useBoard()
  const now = useNow()
  if (nodes.status !== "ready") return null
  const online = nodes.value.filter((node) => nodeStatus(node, now) === "online")
  const [first] = online
  const more = online.length > 1 ? ` +${online.length - 1}` : ""
  return (
    <a
      href="#/nodes"
      className="node-count wide-only"
      title={`${online.length} of ${nodes.value.length} nodes online`}
    >
      <Icon name="node" />
      {first === undefined ? "no node online" : `${first.name}${more}`}
    </a>
  )
}

const themeLooks: Readonly<Record<string, { icon: IconName; next: "light" | "dark" | "system" }>> =
  {
    system: { icon: "screen", next: "light" },
    light: { icon: "sun", next: "dark" },
    dark: { icon: "moon", next: "system" },
  }

function ThemeButton() {
  const { preferences, set } = usePreferences()
  const look = themeLooks[preferences.theme]
  const name = `Theme: ${preferences.theme}`
  return (
    <button
      type="button"
      className="icon-button"
      title={`${name} (t)`}
      onClick={() => set({ theme: look?.next ?? "system" })}
    >
      <Icon name={look?.icon ?? "screen"} />
      <span className="unseen">{name}</span>
    </button>
  )
}

function NotifyButton() {
  const { preferences, set } = usePreferences()
  if (!("Notification" in globalThis)) return null
  const isOn = preferences.notify && Notification.permission === "granted"
  const toggle = () => {
    if (isOn) return set({ notify: false })
    return void Notification.requestPermission().then((answer) =>
      set({ notify: answer === "granted" }),
    )
  }
  const name = isOn ? "Notifications are on" : "Notify me when something needs me"
  return (
    <button
      type="button"
      className="icon-button wide-only"
      aria-pressed={isOn}
      title={name}
      onClick={toggle}
    >
      <Icon name="bell" />
      <span className="unseen">{name}</span>
    </button>
  )
}
