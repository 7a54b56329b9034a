/**
 * What commands use but may not import: the daemon itself, and the reading of Claude's directory without a
 * daemon. The entry of the program hands them in, loaded only when they are used.
 */
import type { Output, Params } from "../api/methods.ts"
import type { TinaError } from "../base/errors.ts"
import type { Log } from "../base/log.ts"
import type { Config, LogConfig } from "../config/config.ts"
import type { Surroundings } from "../config/surroundings.ts"
import type { LocalDataTools } from "../system/checks/local-data.ts"

export interface DaemonOptions {
  readonly config: Config
  readonly log: Log
  readonly version: string
  readonly commit: string
  /** Stop, when it aborts: within ten seconds, with everything put away. */
  readonly signal: AbortSignal
  /** Takes over another level, format and limits of the log. */
  readonly configureLog: (config: LogConfig) => void
  /** Reads the configuration again; TinaError `config` if there is something wrong with it. */
  readonly reloadConfig: () => Config
  /**
   * Calls the listener when the log begins to lose lines, with the reason, and with undefined when it is
   * written again; at once with how it is now.
   */
  readonly onLogProblem: (listener: (reason: string | undefined) => void) => Disposable
  /** Each call asks for `reloadConfig`, as `daemon.reload` does. */
  readonly onHangup: (listener: () => void) => Disposable
  /** Ends the process at once, with this for a reason: nothing is put away, as when it is killed. */
  readonly abandon: (reason: TinaError) => void
  /** The words after the program's name with which it was started, for `restart`. */
  readonly argv: readonly string[]
  readonly around: Surroundings
  /** What starts this program: its path, or Bun's and the entry's. */
  readonly self: readonly [string, ...string[]]
}

/** Serves until the signal aborts. TinaError `conflict` if another instance holds the state directory. */
export type RunDaemon = (options: DaemonOptions) => Promise<void>

export type LocalMethod = "teams.list" | "tasks.list" | "tasks.get" | "problems.list"

/** Answers these methods from what is on the disk now, as a daemon would after its first scan. */
export type LocalReader = {
  readonly [N in LocalMethod]: (params: Params<N>) => Promise<Output<N>>
}

export interface LocalReaderOptions {
  readonly around: Surroundings
  readonly signal: AbortSignal
}

export type OpenLocalReader = (options: LocalReaderOptions) => Promise<LocalReader>

export interface ServedDeployment extends AsyncDisposable {
  readonly url: string
  readonly adminKey: string
}

export interface ZipExport {
  readonly stream: NodeJS.ReadableStream
  readonly tables: readonly string[]
  readonly documents: () => number
}

/** What commands do with the local deployment's file, where `path` is that file. */
export interface LocalTools extends LocalDataTools {
  /** On a free port, until it is disposed of. TinaError `conflict` while somebody else serves it. */
  readonly serve: (options: {
    readonly path: string
    readonly version: string
    readonly signal: AbortSignal
  }) => Promise<ServedDeployment>
  /** One moment of it, also while a daemon writes. */
  readonly exportZip: (path: string) => ZipExport
  readonly backUp: (path: string, target: string) => Promise<void>
  readonly restoreBackUp: (backup: string, path: string) => Promise<void>
  /** Where a restore leaves what was there. */
  readonly replacedPath: (path: string) => string
  /** This node's token for it, which is made where there is none yet. */
  readonly nodeToken: (stateDir: string) => Promise<string>
}

export interface Seams {
  /** Absent where there is no local deployment to work with. */
  readonly loadLocalTools?: () => Promise<LocalTools>
  readonly loadDaemon: () => Promise<RunDaemon>
  /** Absent: without a daemon there is nothing to show. */
  readonly openLocalReader?: OpenLocalReader
  readonly onHangup: DaemonOptions["onHangup"]
  readonly abandon: DaemonOptions["abandon"]
  /** What starts this program: its path, or Bun's and the entry's. */
  readonly self: readonly [string, ...string[]]
  readonly version: string
  readonly commit: string
}
