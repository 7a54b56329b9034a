/**
 * The properties of the local deployment for a long time: `bun run properties [--times N] [--seed N]`, by default twenty times as many
 * runs as in the suite. Each test names its seed, so that a failure can be run again. The exit code is the test runner's.
 */
import { parseArgs } from "node:util"

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
})

process.stderr.write(`seed ${values.seed}\n`)
const child = Bun.spawn([process.execPath, "test", "--isolate", "./test/property/local"], {
  env: { ...process.env, TINA_RUNS: values.times, TINA_SEED: values.seed },
  stdio: ["ignore", "inherit", "inherit"],
})
process.exitCode = await child.exited
