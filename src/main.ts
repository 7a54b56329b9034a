/**
 * The entry: from the words of the command line to a command, and from its end to the end of the process.
 * It alone owns the process: its streams, its signals and its exit code. Everything else is imported when
 * it is needed, because most calls are short and somebody waits for them.
 */
import { basename } from "node:path"
import { commit, version } from "./base/build.ts"
import type { CommandContext } from "./cli/command.ts"

// Through a link of that name this program is `tina-session`.
const prefix = basename(process.argv0) === "tina-session" ? ["session"] : []
const argv = [...prefix, ...process.argv.slice(2)]

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`tina-daemon ${version}\n`)
} else {
  process.exit(await main())
}

async function main(): Promise<number> {
  const [{ runProgram }, { interruption }] = await Promise.all([
    import("./cli/program.ts"),
    import("./cli/interruption.ts"),
  ])
  const root = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      // The second one does not wait.
      if (root.signal.aborted) process.exit(name === "SIGINT" ? 130 : 143)
      root.abort(interruption(name))
    })
  }
  process.stdout.on("error", () => root.abort(interruption("EPIPE")))
  const code = await runProgram(argv, await createContext(root.signal))
  await flushed(process.stdout)
  return code
}

async function createContext(signal: AbortSignal): Promise<CommandContext> {
  const [{ readSurroundings }, { createStreamOutput }, { createSystemClock }] = await Promise.all([
    import("./config/surroundings.ts"),
    import("./cli/output.ts"),
    import("./base/clock.ts"),
  ])
  const around = readSurroundings()
  return {
    around,
    cwd: process.cwd(),
    signal,
    stdout: createStreamOutput(process.stdout, around.env),
    stderr: createStreamOutput(process.stderr, around.env),
    clock: createSystemClock(),
    seams: {
      version,
      commit,
      self: Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, Bun.main],
      loadDaemon: async () => (await import("./daemon.ts")).runDaemon,
      openLocalReader: async (options) =>
        (await import("./daemon/local-reader.ts")).openLocalReader(options),
      onHangup(listener) {
        process.on("SIGHUP", listener)
        return { [Symbol.dispose]: () => void process.off("SIGHUP", listener) }
      },
    },
  }
}

/** Settles when what was written has gone out: ending the process would cut a pipe short. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.write("", () => resolve())
  await promise
}
