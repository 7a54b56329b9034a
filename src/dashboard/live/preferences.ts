/** What a person has chosen for this browser: theme, keys, notifications. Kept in its local storage. */
import { createContext, use, useState } from "react"

export interface Preferences {
  readonly theme: "system" | "light" | "dark"
  /** Single keys as commands; people who dictate to their computer switch them off. */
  readonly keys: boolean
  readonly notify: boolean
}

export interface PreferencesStore {
  readonly preferences: Preferences
  readonly set: (change: Partial<Preferences>) => void
}

const storageKey = "tina.preferences"
const byDefault: Preferences = { theme: "system", keys: true, notify: false }

export const PreferencesContext = createContext<PreferencesStore>({
  preferences: byDefault,
  set: () => undefined,
})

export function usePreferences(): PreferencesStore {
  return use(PreferencesContext)
}

/** The store itself; the page has one. */
export function usePreferencesStore(storage: Storage): PreferencesStore {
  const [preferences, setPreferences] = useState(() => readPreferences(storage))
  return {
    preferences,
    set: (change) =>
      setPreferences((before) => {
        const after = { ...before, ...change }
        storage.setItem(storageKey, JSON.stringify(after))
        return after
      }),
  }
}

function readPreferences(storage: Storage): Preferences {
  const stored = parse(storage.getItem(storageKey))
  const theme = stored["theme"]
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    keys: stored["keys"] !== false,
    notify: stored["notify"] === true,
  }
}

function parse(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}")
    return typeof value === "object" && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
