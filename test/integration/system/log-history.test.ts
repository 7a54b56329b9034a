import { expect, test } from "bun:test"
import { appendFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createSystemClock } from "../../../src/base/clock.ts"
import { createLogFile } from "../../../src/system/log-file.ts"
import { linesAfter, linesBefore, markLogEnd } from "../../../src/system/log-history.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

async function setup(maxBytes = 1_000) {
  const home = await tmpHome()
  const path = join(home.path, "daemon.log")
  const log = createLogFile(path, { limits: () => ({ maxBytes, keepFiles: 50 }), now: () => 0 })
  return {
    path,
    write: (from: number, to: number) => {
      for (let i = from; i < to; i++) log.write(`line ${i} ${"é".repeat(i % 30)}\n`)
    },
    mark: () => markLogEnd(path) ?? { inode: 0, offset: 0 },
    async [Symbol.asyncDispose]() {
      log[Symbol.dispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

const numberOf = (line: string) => Number(/^line (\d+)/.exec(line)?.[1])
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

test("the lines before the end are all there, newest first, over many files", async () => {
  await using place = await setup()
  place.write(0, 400)
  const lines = [...linesBefore(place.path, place.mark())]
  expect(lines.map(numberOf)).toEqual(upTo(400).reverse())
})

test("lines longer than a piece, and pieces that cut a character, come out whole", async () => {
  await using place = await setup(10_000_000)
  const long = ["é".repeat(100_000), "x", "務".repeat(70_000), "y"]
  for (const line of long) appendFileSync(place.path, `${line}\n`)
  expect([...linesBefore(place.path, place.mark())]).toEqual(long.reverse())
})

test("what is written after the mark is no history", async () => {
  await using place = await setup()
  place.write(0, 10)
  const mark = place.mark()
  place.write(10, 400)
  expect([...linesBefore(place.path, mark)].map(numberOf)).toEqual(upTo(10).reverse())
})

test("a rotation while the history is read repeats no line", async () => {
  await using place = await setup()
  place.write(0, 40)
  const lines = linesBefore(place.path, place.mark())
  const seen = [numberOf(lines.next().value ?? "")]
  place.write(40, 80)
  for (const line of lines) seen.push(numberOf(line))
  expect(seen).toEqual(upTo(40).reverse())
})

test("following gives every line once and in order, across rotations", async () => {
  await using place = await setup()
  place.write(0, 5)
  const stop = new AbortController()
  const seen: number[] = []
  const options = { clock: createSystemClock(), signal: stop.signal }
  const following = (async () => {
    for await (const line of linesAfter(place.path, place.mark(), options))
      seen.push(numberOf(line))
  })()
  for (let round = 0; round < 4; round++) {
    place.write(5 + round * 100, 105 + round * 100)
    await eventually(() => seen.length >= (round + 1) * 50)
  }
  await eventually(() => seen.length === 400)
  stop.abort()
  await following
  expect(seen).toEqual(upTo(405).slice(5))
})

test("half a line is given when its other half is there", async () => {
  await using place = await setup()
  writeFileSync(place.path, "whole\nha")
  const stop = new AbortController()
  const seen: string[] = []
  const options = { clock: createSystemClock(), signal: stop.signal }
  const following = (async () => {
    for await (const line of linesAfter(place.path, undefined, options)) seen.push(line)
  })()
  await eventually(() => seen.length === 1)
  appendFileSync(place.path, "lf\n")
  await eventually(() => seen.length === 2)
  stop.abort()
  await following
  expect(seen).toEqual(["whole", "half"])
})

test("following waits for a log that is not there yet", async () => {
  await using place = await setup()
  const stop = new AbortController()
  const seen: number[] = []
  const options = { clock: createSystemClock(), signal: stop.signal }
  const following = (async () => {
    for await (const line of linesAfter(place.path, undefined, options)) seen.push(numberOf(line))
  })()
  place.write(0, 3)
  await eventually(() => seen.length === 3)
  stop.abort()
  await following
  expect(seen).toEqual([0, 1, 2])
})
