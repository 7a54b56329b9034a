import { expect, test } from "bun:test"
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createLogFile } from "../../../src/system/log-file.ts"
import { tmpHome } from "../../support/tmp-home.ts"

async function setup(options: { maxBytes?: number; keepFiles?: number } = {}) {
  const home = await tmpHome()
  const path = join(home.path, "daemon.log")
  const problems: (string | undefined)[] = []
  const open = () =>
    createLogFile(path, {
      limits: () => ({ maxBytes: options.maxBytes ?? 1_000, keepFiles: options.keepFiles ?? 3 }),
      now: () => 0,
      onProblem: (reason) => problems.push(reason),
    })
  return { path, open, problems, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

const script = join(import.meta.dir, "../../fixtures/fill-log.ts")

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").slice(0, -1)
}

test("lines are appended, and after a restart too, readable by the owner only", async () => {
  await using place = await setup()
  for (const line of ["one\n", "two\n"]) {
    using log = place.open()
    log.write(line)
  }
  expect(linesOf(place.path)).toEqual(["one", "two"])
  expect(statSync(place.path).mode & 0o777).toBe(0o600)
})

test("rotation under load loses no line, tears none, and keeps the newest copies", async () => {
  await using place = await setup({ maxBytes: 1_000, keepFiles: 21 })
  using log = place.open()
  for (let i = 0; i < 500; i++) log.write(`${JSON.stringify({ i, text: "é".repeat(i % 20) })}\n`)
  const files = Array.from({ length: 21 }, (_, n) => (n === 0 ? place.path : `${place.path}.${n}`))
  const present = files.filter((file) => existsSync(file)).reverse()
  expect(present.length).toBeGreaterThan(15)
  for (const file of present) expect(statSync(file).size).toBeLessThanOrEqual(1_000)
  const numbers = present.flatMap(linesOf).map((line) => JSON.parse(line).i)
  expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i))
})

test("no more than the given number of files is kept, the current one included", async () => {
  await using place = await setup({ maxBytes: 10, keepFiles: 3 })
  using log = place.open()
  for (const line of ["first.\n", "second\n", "third.\n", "fourth\n"]) log.write(line)
  expect([place.path, `${place.path}.1`, `${place.path}.2`].flatMap(linesOf)).toEqual([
    "fourth",
    "third.",
    "second",
  ])
  expect(existsSync(`${place.path}.3`)).toBe(false)
})

test("with one file to keep, a full one is begun anew", async () => {
  await using place = await setup({ maxBytes: 10, keepFiles: 1 })
  using log = place.open()
  for (const line of ["first.\n", "second\n"]) log.write(line)
  expect(linesOf(place.path)).toEqual(["second"])
  expect(existsSync(`${place.path}.1`)).toBe(false)
})

test("a line larger than the limit is written whole into a file of its own", async () => {
  await using place = await setup({ maxBytes: 10 })
  using log = place.open()
  for (const line of ["a\n", `${"b".repeat(50)}\n`, "c\n"]) log.write(line)
  expect(linesOf(`${place.path}.1`)).toEqual(["b".repeat(50)])
})

test("a file that was removed is made anew", async () => {
  await using place = await setup()
  using log = place.open()
  log.write("gone\n")
  rmSync(place.path)
  log.write("here\n")
  expect(linesOf(place.path)).toEqual(["here"])
})

test("nothing is made before the first line", async () => {
  await using place = await setup()
  using log = place.open()
  expect(existsSync(place.path)).toBe(false)
  log.write("first\n")
  expect(linesOf(place.path)).toEqual(["first"])
})

test("half a line left by a power cut is not glued to the next one", async () => {
  await using place = await setup()
  writeFileSync(place.path, '{"half')
  using log = place.open()
  log.write('{"whole":1}\n')
  expect(linesOf(place.path)).toEqual(['{"half', '{"whole":1}'])
})

test("a full disk tears no line; the loss is counted and told once there is room", async () => {
  await using place = await setup()
  // A size limit on the process's files stands for the full disk: it cuts a write short, then fails.
  const child = Bun.spawn(
    [
      "sh",
      "-c",
      'trap "" XFSZ; ulimit -f 1; exec "$@"',
      "sh",
      process.execPath,
      script,
      place.path,
    ],
    { stdout: "pipe", stderr: "inherit" },
  )
  const { full, problems } = JSON.parse(await new Response(child.stdout).text())
  const written = full.split("\n").slice(0, -1)
  expect(full.endsWith("\n")).toBe(true)
  expect(new Set(written)).toEqual(new Set(["x".repeat(99)]))
  expect(problems).toEqual([expect.any(String), "over"])
  expect(linesOf(place.path).map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ msg: "log lines were lost", count: 20 - written.length }),
    { last: true },
  ])
})

test("limits that become smaller hold from the next line on, for copies of before too", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "daemon.log")
  let limits = { maxBytes: 10, keepFiles: 5 }
  using log = createLogFile(path, { limits: () => limits, now: () => 0 })
  const copies = () => [1, 2, 3, 4].filter((number) => existsSync(`${path}.${number}`))
  for (const line of ["one...\n", "two...\n", "three.\n", "four..\n", "five..\n"]) log.write(line)
  expect(copies()).toEqual([1, 2, 3, 4])
  limits = { maxBytes: 6, keepFiles: 2 }
  log.write("six...\n")
  expect(copies()).toEqual([1])
  expect([path, `${path}.1`].flatMap(linesOf)).toEqual(["six...", "five.."])
})
