/** `tina-session` as a program of its own, for tests that need several processes. */
import { createSystemClock } from "../../src/base/clock.ts"
import { readSurroundings } from "../../src/config/surroundings.ts"
import { runSession } from "../../src/session/run.ts"

process.exitCode = await runSession(process.argv.slice(2), {
  around: readSurroundings(),
  cwd: process.cwd(),
  clock: createSystemClock(),
  signal: new AbortController().signal,
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
})
