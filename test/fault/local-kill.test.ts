/**
 * The deployment is killed at random moments while clients write. The long form, 100 kills with 10,000 mutations around each, is
 * `bun run kills`.
 */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { killInTheMiddle } from "../support/kill-rounds.ts"
import { tmpHome } from "../support/tmp-home.ts"

const seed = Number(process.env["TINA_SEED"] ?? Date.now() % 1_000_000)

test(`kill -9 loses no acknowledged mutation, doubles none, halves none, and leaves a sound file (seed ${seed})`, async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const outcome = await killInTheMiddle({ path, kills: 5, mutations: 300, seed })
  expect(outcome).toEqual({ problems: [], acknowledged: 1500 })
}, 60_000)
