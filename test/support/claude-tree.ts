/** Writes what Claude Code writes: rosters and tasks, in the shapes of old and new versions. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"

export interface ClaudeTree {
  readonly dir: string
  /** Writes a roster; `over` replaces fields of it. */
  team(dir: string, over?: Record<string, unknown>): void
  sidecar(dir: string, content: Record<string, unknown>): void
  /** Truncates and writes, as Claude Code does. */
  task(dir: string, id: string, over?: Record<string, unknown>): void
  /** Writes beside it and renames. */
  taskByRename(dir: string, id: string, over?: Record<string, unknown>): void
  raw(path: string, content: string | Uint8Array): void
  remove(path: string): void
  path(...parts: string[]): string
}

export function claudeTree(dir: string): ClaudeTree {
  const path = (...parts: string[]) => join(dir, ...parts)
  function raw(relative: string, content: string | Uint8Array): void {
    mkdirSync(join(path(relative), ".."), { recursive: true })
    writeTruncated(path(relative), content)
  }
  return {
    dir,
    path,
    raw,
    team: (name, over) =>
      raw(`teams/${name}/config.json`, JSON.stringify({ ...roster(name), ...over })),
    sidecar: (name, content) => raw(`teams/${name}/tina-metadata.json`, JSON.stringify(content)),
    task: (name, id, over) =>
      raw(`tasks/${name}/${id}.json`, JSON.stringify({ ...task(id), ...over })),
    taskByRename(name, id, over) {
      raw(`tasks/${name}/.${id}.tmp`, JSON.stringify({ ...task(id), ...over }))
      renameSync(path(`tasks/${name}/.${id}.tmp`), path(`tasks/${name}/${id}.json`))
    },
    remove: (relative) => rmSync(path(relative), { recursive: true, force: true }),
  }
}

/** Cuts the file first, as Node does; Bun's own `writeFileSync` cuts it last. */
function writeTruncated(file: string, content: string | Uint8Array): void {
  const fd = openSync(file, "w")
  try {
    writeSync(fd, Buffer.from(content))
  } finally {
    closeSync(fd)
  }
}

function roster(name: string): Record<string, unknown> {
  return {
    name,
    createdAt: 1_790_000_000_000,
    leadAgentId: `team-lead@${name}`,
    leadSessionId: `lead-of-${name}`,
    members: [
      {
        agentId: `team-lead@${name}`,
        name: "team-lead",
        joinedAt: 1_790_000_000_000,
        cwd: "/nowhere",
      },
      {
        agentId: `worker@${name}`,
        name: "worker",
        model: "opus",
        tmuxPaneId: "%42",
        cwd: "/nowhere",
      },
    ],
  }
}

function task(id: string): Record<string, unknown> {
  return {
    id,
    subject: `Task ${id}`,
    description: "Do it",
    status: "pending",
    blocks: [],
    blockedBy: [],
  }
}
