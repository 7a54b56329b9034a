/**
 * A program called claude that is told by its prompt what to do. It keeps every call in a directory of its own: the
 * arguments, the prompt byte for byte, the environment and its process number. What a prompt says is never run.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface ClaudeCall {
  readonly args: readonly string[]
  readonly prompt: string
  readonly env: Readonly<Record<string, string>>
  readonly pid: number
  readonly cwd: string
}

export interface StandInClaude {
  readonly path: string
  /** Those that have read their prompt, in no order. */
  calls(): ClaudeCall[]
  /** Lets every call with this word in its prompt, now and later, go on. */
  release(word: string): void
}

// In shell, because it starts fast. `hold-WORD` waits for WORD; the other words are below.
const script = (dir: string) => `#!/bin/sh
dir='${dir}'
call="$dir/calls/$$"
mkdir -p "$call"
for word in "$@"; do printf '%s\\036' "$word"; done > "$call/args"
env > "$call/env"
pwd > "$call/cwd"
cat > "$call/prompt"
[ -s "$call/prompt" ] || { echo 'Error: Input must be provided' >&2; exit 1; }
: > "$call/complete"
case "$(cat "$call/prompt")" in
  *stubborn*) trap '' TERM; echo stubborn; : > "$call/ready"; while :; do sleep 0.1; done ;;
  *parent*) sleep 300 & echo "$!" > "$call/child"; : > "$call/ready"; wait ;;
  *hold-*) word=$(sed -n 's/.*hold-\\([a-z0-9]*\\).*/\\1/p' "$call/prompt" | head -1)
    echo waiting; : > "$call/ready"
    while [ ! -e "$dir/release-$word" ]; do sleep 0.02; done ;;
  *binary*) printf 'before\\0\\377\\376after\\n' ;;
  *wordy*) i=0; while [ $i -lt 200 ]; do printf '%0100d\\n' $i >&2; i=$((i+1)); done; exit 3 ;;
  *fail*) echo 'it went wrong' >&2; exit 3 ;;
  *logged-out*) echo 'Invalid API key · Please run /login'; exit 1 ;;
  *flood*) i=0; while [ $i -lt 2000 ]; do printf '%0100d\\n' $i; i=$((i+1)); done ;;
esac
echo "answer from $$"
`

export function standInClaude(dir: string): StandInClaude {
  const own = join(dir, "stand-in-claude")
  mkdirSync(join(own, "calls"), { recursive: true })
  const path = join(own, "claude")
  writeFileSync(path, script(own))
  chmodSync(path, 0o755)
  return {
    path,
    calls() {
      const names = readdirSync(join(own, "calls"))
      return names
        .filter((name) => existsSync(join(own, "calls", name, "complete")))
        .map((name) => readCall(join(own, "calls", name), Number(name)))
    },
    release: (word) => writeFileSync(join(own, `release-${word}`), ""),
  }
}

function readCall(dir: string, pid: number): ClaudeCall {
  const read = (name: string) => readFileSync(join(dir, name), "utf8")
  const lines = read("env")
    .split("\n")
    .filter((line) => line.includes("="))
  const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
  const args = read("args").split("\u001e").slice(0, -1)
  return { args, prompt: read("prompt"), env, pid, cwd: read("cwd").trim() }
}
