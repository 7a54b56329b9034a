/** Tells the desktop when something new needs a person, for those who asked for it, while the page is not looked at. */
import { useEffect, useRef } from "react"
import { go } from "./use-route.ts"
import type { Need } from "../view/needs.ts"

export function useNotifications(needs: readonly Need[], isOn: boolean): void {
  const known = useRef<ReadonlySet<string> | undefined>(undefined)
  useEffect(() => {
    const before = known.current
    known.current = new Set(needs.map(keyOf))
    if (!isOn || before === undefined || document.visibilityState === "visible") return
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return
    for (const need of needs) {
      if (before.has(keyOf(need))) continue
      notify(need)
    }
  }, [needs, isOn])
}

function notify(need: Need): void {
  const { featureName, _id: id } = need.orchestration
  try {
    const note = new Notification(`${featureName} needs you`, {
      body: need.reason,
      tag: keyOf(need),
    })
    note.addEventListener("click", () => {
      globalThis.focus()
      go({ screen: "orchestration", id })
    })
  } catch {
    // Browsers on phones have the name, and refuse to make one from a page.
  }
}

function keyOf({ orchestration, kind, short }: Need): string {
  return `${orchestration._id}:${kind}:${short}`
}
