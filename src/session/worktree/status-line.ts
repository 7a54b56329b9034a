/**
 * The status line of Claude Code in a worktree: a small script that Claude runs and that leaves the size of
 * its context in `.claude/tina/context-metrics.json`. It needs nothing but sh and sed, and never fails.
 */
import { join } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import { parseJson } from "../read-json.ts"

const maxSettingsBytes = 1024 * 1024

/** One number of Claude's JSON by its field's name; `used_percentage` may have a fraction. */
const script = `#!/bin/sh
# Written by tina-session init. Reads Claude's status from stdin, prints "ctx:N%".
dir=$(dirname "$0")/tina
input=$(tr -d '\\n')
field() { printf '%s' "$input" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*\\([0-9.]*\\).*/\\1/p'; }
used=$(field used_percentage)
tokens=$(field total_input_tokens)
max=$(field context_window_size)
printf '{"used_pct":%s,"tokens":%s,"max":%s,"timestamp":"%s"}\\n' \\
  "\${used:-0}" "\${tokens:-0}" "\${max:-200000}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \\
  > "$dir/context-metrics.json.$$" 2>/dev/null &&
  mv "$dir/context-metrics.json.$$" "$dir/context-metrics.json" 2>/dev/null
printf 'ctx:%s%%' "\${used:-0}"
exit 0
`

/** What `writeStatusLine` writes: the script, and the settings that name it. */
export function statusLineFiles(worktree: string): readonly [string, string] {
  const directory = join(worktree, ".claude")
  return [join(directory, "tina-write-context.sh"), join(directory, "settings.local.json")]
}

/** Writes the script and names it in the worktree's local settings, unless these have a status line. */
export async function writeStatusLine(worktree: string): Promise<void> {
  const [path, settingsPath] = statusLineFiles(worktree)
  await writeFileAtomic(path, script, { mode: 0o755 })
  const settings = readSettings(settingsPath)
  if ("statusLine" in settings) return
  const after = { ...settings, statusLine: { type: "command", command: path } }
  await writeFileAtomic(settingsPath, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o644 })
}

function readSettings(path: string): object {
  const reading = readFileLimited(path, maxSettingsBytes)
  if (reading.status === "missing") return {}
  const settings =
    reading.status === "read" ? parseJson(new TextDecoder().decode(reading.bytes)) : undefined
  if (typeof settings === "object" && settings !== null && !Array.isArray(settings)) return settings
  throw new TinaError("io", `cannot add a status line to ${path}: it is not a JSON object`)
}
