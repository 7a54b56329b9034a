/**
 * kill -9 in the middle of 10,000 mutations, 100 times: `bun run kills [--kills N] [--mutations N] [--seed N]`. The seed goes to
 * stderr first, so that a failure can be run again. The exit code is 1 when anything acknowledged is lost, anything is
 * doubled or half applied, or an index does not agree with its documents.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { killInTheMiddle } from "../test/support/kill-rounds.ts"
import { tmpHome } from "../test/support/tmp-home.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    mutations: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
})

const seed = Number(values.seed)
process.stderr.write(`seed ${seed}\n`)
await using home = await tmpHome()
const path = join(home.stateDir, "deployment.db")
const startedAt = performance.now()
const { problems, acknowledged } = await killInTheMiddle({
  path,
  kills: Number(values.kills),
  mutations: Number(values.mutations),
  seed,
  afterKill(kill) {
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    process.stderr.write(`kill ${kill}, ${seconds} s\n`)
  },
})
for (const problem of problems) process.stderr.write(`${problem}\n`)
console.log(`${acknowledged} mutations, ${values.kills} kills, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
