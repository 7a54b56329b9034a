/** The service that turns changed files into events, for every directory that the configuration or a rule names. */
import { join } from "node:path"
import type { FileWatcherView } from "../../api/automation-methods.ts"
import type { Service } from "../../core/service.ts"
import { createWake } from "../../core/wake.ts"
import { fileEventTypes, type FileWatch } from "../../model/rule.ts"
import type { AutomationDeps, AutomationSettings } from "./deps.ts"
import { createWatchedRoot, type KnownFiles, type WatchedRoot } from "./watched-root.ts"

export interface FileWatcherDeps extends AutomationDeps {
  readonly changed: (type: string, payload: Readonly<Record<string, unknown>>) => void
}

export interface FileWatcher {
  readonly service: Service
  view(): FileWatcherView
}

const scanEveryMs = 60_000
const ownDebounceMs = 2_000

export function createFileWatcher(deps: FileWatcherDeps): FileWatcher {
  const { settings, clock, changed, problem, stateDir } = deps
  const wake = createWake(clock)
  /** Of the last run, so that a restart misses nothing. */
  let last = new Map<string, KnownFiles>()
  let received = 0

  function open(watch: FileWatch): WatchedRoot {
    const { path } = watch
    return createWatchedRoot(watch, {
      now: clock.now,
      known: last.get(filesOf(watch)),
      stateDir,
      hinted: wake.poke,
      changed(type, relative) {
        received += 1
        const where = { path: join(path, relative), relative_path: relative, root: path }
        changed(`file.${type}`, { ...where, event_type: type })
      },
      problem(reason) {
        const message = `cannot watch ${path}: ${reason}`
        const told = { code: "unwatched", message, hint: `ls -d ${path}` }
        problem(`watch ${path}`, reason === undefined ? undefined : told)
      },
    })
  }

  function remember(roots: readonly WatchedRoot[]): void {
    last = new Map()
    for (const { watch, known } of roots) {
      const files = known()
      if (files !== undefined) last.set(filesOf(watch), files)
    }
  }

  return {
    service: {
      name: "file watcher",
      async run({ signal, ready }) {
        using opened = new DisposableStack()
        const roots = rootsOf(settings()).map((watch) => opened.use(open(watch)))
        opened.defer(() => remember(roots))
        for (const root of roots) await root.scan()
        ready()
        let scannedAt = clock.now()
        for (;;) {
          const next = Math.min(scannedAt + scanEveryMs, ...roots.map((root) => root.dueAt()))
          await wake.wait(Math.max(0, next - clock.now()), signal)
          for (const root of roots) await root.followHints()
          if (Math.abs(clock.now() - scannedAt) < scanEveryMs) continue
          for (const root of roots) await root.scan()
          scannedAt = clock.now()
        }
      },
    },
    view() {
      const paths = rootsOf(settings()).map(({ path }) => path)
      return { enabled: paths.length > 0, paths, events_received: received }
    },
  }
}

/** Which files these are: with others to ignore, more of them would seem to be new. */
function filesOf({ path, ignore }: FileWatch): string {
  return JSON.stringify([path, ignore])
}

function rootsOf({ enabled, watch, rules }: AutomationSettings): FileWatch[] {
  if (!enabled) return []
  const named = rules.flatMap(({ trigger }) =>
    trigger.on === "file" && trigger.root !== undefined ? [trigger.root] : [],
  )
  const more = new Set(named.filter((path) => !watch.some((known) => known.path === path)))
  const all = { events: fileEventTypes, ignore: [], extensions: [], debounceMs: ownDebounceMs }
  return [...watch, ...[...more].map((path) => ({ path, ...all }))]
}
