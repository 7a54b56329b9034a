/**
 * A program called claude that does an orchestrator's work: it asks `tina-session` what comes next and reports it
 * done, plans and commits included. Reviews it leaves to the operator. It runs in the tmux session that `init` starts.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const script = `#!/bin/sh
advance() { tina-session orchestrate advance --feature "$feature" "$@"; }
phase_of() { printf '%s' "$1" | sed -n 's/.*"phase":"\\([^"]*\\)".*/\\1/p'; }
plan() {
  mkdir -p docs/plans
  path="docs/plans/2026-01-01-$feature-phase-$1.md"
  printf '# Plan of phase %s\\n' "$1" > "$path"
  advance --phase "$1" --event plan_complete --plan-path "$path"
}
execute() {
  advance --phase "$1" --event execute_started
  from=$(git rev-parse --short HEAD)
  git commit -q --allow-empty -m "work on phase $1"
  advance --phase "$1" --event execute_complete --git-range "$from..$(git rev-parse --short HEAD)"
}
orchestrate() {
  while :; do
    next=$(tina-session orchestrate next --feature "$feature")
    phase=$(phase_of "$next")
    case "$next" in
      *'"spawn_validator"'*) advance --event validation_pass ;;
      *'"spawn_planner"'*) plan "$phase" ;;
      *'"spawn_executor"'* | *'"reuse_plan"'*) execute "$phase" ;;
      *'"finalize"'*) advance --event finalize_complete ;;
      *'"complete"'*) return ;;
      *) sleep 0.1 ;;
    esac
  done
}
printf 'bypass permissions on\\n> '
while IFS= read -r line; do
  case "$line" in
    /tina:orchestrate*)
      feature=$(printf '%s' "$line" | sed 's/.*--feature \\([^ ]*\\).*/\\1/')
      orchestrate > "$HOME/orchestrator.log" 2>&1 ;;
  esac
  printf '> '
done
`

/** Puts `claude`, and `tina-session` as a link to `binary`, into a directory of the home; returns it. */
export function installOrchestrator(home: string, binary: string): string {
  const bin = join(home, "bin")
  mkdirSync(bin)
  writeFileSync(join(bin, "claude"), script)
  chmodSync(join(bin, "claude"), 0o755)
  symlinkSync(binary, join(bin, "tina-session"))
  return bin
}
