/** The frame: the bar above, the panes below, and which of them a narrow screen shows. */
import { useEffect, useState } from "react"
import { BoardContext, useBoardSubscription } from "../live/board.ts"
import { usePreferences } from "../live/preferences.ts"
import { useCommands } from "../live/use-commands.ts"
import { type Connection, useConnection } from "../live/use-connection.ts"
import { useNotifications } from "../live/use-notifications.ts"
import { go, useRoute } from "../live/use-route.ts"
import type { Route } from "../view/route.ts"
import { HistoryPane } from "./history-pane.tsx"
import { KeysDialog } from "./keys-dialog.tsx"
import { NodesPane } from "./nodes-pane.tsx"
import { OrchestrationPane } from "./orchestration-pane.tsx"
import { OverviewPane } from "./overview-pane.tsx"
import { SearchDialog } from "./search-dialog.tsx"
import { StartPane } from "./start-pane.tsx"
import { Sidebar } from "./sidebar.tsx"
import { TopBar } from "./top-bar.tsx"

const themes = ["system", "light", "dark"] as const

export function Frame() {
  const board = useBoardSubscription()
  const route = useRoute()
  const connection = useConnection()
  const [dialog, setDialog] = useState<"keys" | "search">()
  const { preferences, set } = usePreferences()
  const nextTheme = themes[(themes.indexOf(preferences.theme) + 1) % themes.length] ?? "system"
  useNotifications(board.needs, preferences.notify)
  useTitle(board.needs.length, route)
  useCommands(
    {
      "/": () => setDialog("search"),
      "?": () => setDialog("keys"),
      t: () => set({ theme: nextTheme }),
      n: () => go({ screen: "start" }),
      "g o": () => go({ screen: "overview" }),
      "g n": () => go({ screen: "nodes" }),
      "g h": () => go({ screen: "history" }),
      Escape: () => goUp(route),
    },
    preferences.keys,
  )
  return (
    <BoardContext value={board}>
      <div
        className="frame"
        data-screen={route.screen}
        data-stale={isStale(connection) || undefined}
      >
        <a className="skip" href="#main" onClick={focusMain}>
          Skip to the content
        </a>
        <TopBar
          connection={connection}
          onSearch={() => setDialog("search")}
          onKeys={() => setDialog("keys")}
        />
        <Sidebar />
        <Screen route={route} />
      </div>
      {dialog === "keys" ? <KeysDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === "search" ? <SearchDialog onClose={() => setDialog(undefined)} /> : null}
    </BoardContext>
  )
}

function Screen({ route }: { readonly route: Route }) {
  switch (route.screen) {
    case "overview":
      return <OverviewPane />
    case "history":
      return <HistoryPane />
    case "nodes":
      return <NodesPane />
    case "start":
      return <StartPane />
    case "orchestration":
      return <OrchestrationPane key={route.id} id={route.id} detail={route.detail} />
  }
}

/** Closes what is open: the detail first, then the orchestration. */
export function goUp(route: Route): void {
  if (route.screen === "orchestration" && route.detail !== undefined) {
    go({ screen: "orchestration", id: route.id })
  } else go({ screen: "overview" })
}

function isStale({ state }: Connection): boolean {
  return state === "reconnecting" || state === "offline"
}

function focusMain(event: { preventDefault(): void }): void {
  event.preventDefault()
  document.getElementById("main")?.focus()
}

function useTitle(needCount: number, route: Route): void {
  useEffect(() => {
    const screen = route.screen === "orchestration" ? "" : ` · ${route.screen}`
    document.title = `${needCount > 0 ? `(${needCount}) ` : ""}tina${screen}`
  }, [needCount, route.screen])
}
