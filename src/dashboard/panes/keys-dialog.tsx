/** The list of keys, and the switch for people whom single keys disturb. */
import { usePreferences } from "../live/preferences.ts"
import { Dialog } from "../parts/dialog.tsx"

const keys: readonly (readonly [string, string])[] = [
  ["/", "search"],
  ["f", "filter the list"],
  ["j k  ↓ ↑", "move in a list"],
  ["l h  → ←", "open and close a row"],
  ["Enter", "show the details of a row"],
  ["Escape", "close, and give the focus back"],
  ["a", "approve, or start what is planned"],
  ["x", "reject"],
  ["p", "pause or resume"],
  ["r", "retry"],
  ["s", "end the terminal of a phase"],
  ["n", "start an orchestration"],
  ["g o", "overview"],
  ["g n", "nodes"],
  ["g h", "history"],
  ["t", "theme: system, light, dark"],
  ["?", "this list"],
]

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const { preferences, set } = usePreferences()
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(/\s+/).map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label className="switch">
        <input
          type="checkbox"
          checked={preferences.keys}
          onChange={(event) => set({ keys: event.currentTarget.checked })}
        />
        Use single keys as commands
      </label>
    </Dialog>
  )
}
