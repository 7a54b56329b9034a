/**
 * Who may import whom in `src`: the same table as in ARCHITECTURE.md. A room may always import itself. Imports only
 * go down, so a room can be read without knowing those above it.
 */

const ground = ["base", "model", "api", "config", "store", "core"]

const table: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ["base"],
  api: ["base", "model"],
  config: ["base", "model"],
  store: ["base", "model"],
  core: ["base", "model", "api", "store"],
  convex: ["model"],
  local: ["base", "model", "convex"],
  owner: ["base", "model"],
  cloud: [...ground, "convex/_generated"],
  // The page is a file that it serves, not code that it runs.
  control: [...ground, "dashboard/page.html"],
  session: ["base", "model", "config"],
  sync: [...ground, "cloud"],
  actions: [...ground, "cloud"],
  "features/agents": ground,
  "features/automation": ground,
  "features/projects": ground,
  "features/chat": ground,
  system: ["base", "model", "config", "store", "core"],
  dashboard: ["base", "model", "api", "convex/_generated"],
  cli: ["base", "model", "api", "config", "owner", "control", "session", "system", "harness"],
  harness: ["base", "model", "api", "config", "control", "session", "system"],
}

/** `main.ts` starts fast because what it loads at once is small; the rest it imports when a command needs it. */
const atOnce: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["base", "cli", "package.json"],
}

/** True when code in `room` may import the project's file `target`. */
export function mayImport(room: string, target: string, isDynamic: boolean): boolean {
  if (target === "package.json") return true
  if (target.startsWith("launchd/")) return room === "system"
  if (isCompositionRoot(room) || (room === "main.ts" && isDynamic)) return true
  const allowed = [...(atOnce[room] ?? table[room] ?? []), room]
  return allowed.some((name) => target === `src/${name}` || target.startsWith(`src/${name}/`))
}

export function isKnownRoom(room: string): boolean {
  return room in table || room === "main.ts" || isCompositionRoot(room)
}

/** The one place that knows everybody. */
function isCompositionRoot(room: string): boolean {
  return room === "daemon.ts" || room === "daemon"
}

/** Rooms that run inside Convex or in a browser too, where Node's and Bun's modules do not exist. */
export function isPortable(room: string): boolean {
  return room === "model" || room === "api" || room === "convex" || room === "dashboard"
}
