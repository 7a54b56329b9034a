/**
 * A program in the place of the session commands: it notes each call in a file, so that a test can count how often
 * something ran, and can be told to wait or to fail. POSIX shell, because it starts fast.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface StandInCommand {
  readonly path: string
  /** One line for each call: its arguments. */
  ran(): string[]
  /** From now on a call ends only after `release`. */
  hold(): void
  release(): void
}

export function standInCommand(dir: string): StandInCommand {
  const path = join(dir, "session-command")
  const log = join(dir, "ran.log")
  const gate = join(dir, "hold")
  const script = `#!/bin/sh
printf '%s\\n' "$*" >> '${log}'
while [ -e '${gate}' ]; do sleep 0.02; done
case "$*" in *--feature=failing*) echo 'it does not work' >&2; exit 3;; esac
echo '{"action":"done"}'
`
  writeFileSync(path, script)
  chmodSync(path, 0o755)
  return {
    path,
    ran: () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : []),
    hold: () => writeFileSync(gate, ""),
    release: () => void Bun.spawnSync(["rm", "-f", gate]),
  }
}
