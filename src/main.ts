/**
 * The entry: from the words of the command line to a command, and from its end to the end of the process.
 * It alone owns the process: its streams, its signals and its exit code. Everything else is imported when
 * it is needed, because most calls are short and somebody waits for them.
 */
import { basename } from "node:path"
import { sleep } from "./base/async.ts"
import { commit, version } from "./base/build.ts"
import { TinaError, kindOf, reasonOf, systemCodeOf } from "./base/errors.ts"
import type { CommandContext } from "./cli/command.ts"
import { interruption } from "./cli/interruption.ts"

// Through a link of that name this program is `tina-session`.
const prefix = basename(process.argv0) === "tina-session" ? ["session"] : []
const argv = [...prefix, ...process.argv.slice(2)]

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`tina-daemon ${version}\n`)
} else {
  process.exit(await main())
}

async function main(): Promise<number> {
  const { printError, runProgram } = await import("./cli/program.ts")
  const root = new AbortController()
  let firstAt = Number.NEGATIVE_INFINITY
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      // `timeout` signals its child and then its group: what comes twice at once is one wish.
      if (performance.now() - firstAt < 100) return
      // The second one does not wait.
      if (root.signal.aborted) process.exit(name === "SIGINT" ? 130 : 143)
      firstAt = performance.now()
      root.abort(interruption(name))
    })
  }
  const output = watchOutput(root)
  const context = await createContext(root.signal)
  const code = await runProgram(argv, context)
  const failure = await output.end()
  if (failure !== undefined) printError(failure, context.stderr)
  await ended(process.stderr)
  return failure === undefined ? code : kindOf(failure).exit
}

/** Ends the program early when its output fails, which is no failure if its reader has just seen enough. */
function watchOutput(root: AbortController) {
  let failure: Error | undefined
  process.stdout.on("error", (error) => {
    failure ??= error
    root.abort(interruption("EPIPE"))
  })
  return {
    async end(): Promise<TinaError | undefined> {
      await ended(process.stdout)
      if (failure === undefined || systemCodeOf(failure) === "EPIPE") return undefined
      return new TinaError("io", `cannot write the output: ${reasonOf(failure)}`, {
        cause: failure,
      })
    },
  }
}

async function createContext(signal: AbortSignal): Promise<CommandContext> {
  const [{ readSurroundings }, { createStreamOutput }, { createSystemClock }, { printError }] =
    await Promise.all([
      import("./config/surroundings.ts"),
      import("./cli/output.ts"),
      import("./base/clock.ts"),
      import("./cli/program.ts"),
    ])
  const around = readSurroundings()
  const stderr = createStreamOutput(process.stderr, around.env)
  return {
    around,
    cwd: process.cwd(),
    signal,
    stdout: createStreamOutput(process.stdout, around.env),
    stderr,
    clock: createSystemClock(),
    seams: {
      version,
      commit,
      self: Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, Bun.main],
      loadDaemon: async () => (await import("./daemon.ts")).runDaemon,
      loadLocalTools: async () => (await import("./daemon/local-tools.ts")).localTools,
      openLocalReader: async (options) =>
        (await import("./daemon/local-reader.ts")).openLocalReader(options),
      onHangup(listener) {
        process.on("SIGHUP", listener)
        return { [Symbol.dispose]: () => void process.off("SIGHUP", listener) }
      },
      abandon(reason) {
        printError(reason, stderr)
        void ended(process.stderr).then(() => process.exit(kindOf(reason).exit))
      },
    },
  }
}

/** Settles when all that was written has gone out: to exit before would cut a pipe short. */
async function ended(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.on("error", () => resolve())
  stream.end(() => resolve())
  await promise
  // The failure of the last write is told after the end.
  await sleep(0, new AbortController().signal)
}
