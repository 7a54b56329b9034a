/**
 * The rules of the code that no type checker or linter knows: who imports whom, how long a file may be, what each file
 * says first, and which rooms may read the clock, the environment and the terminal. A broken rule prints the file
 * and the reason.
 */
import { expect, test } from "bun:test"
import { basename } from "node:path"
import { isKnownRoom, isPortable, mayImport } from "./support/import-table.ts"
import { readSources, type Source } from "./support/source.ts"

const sources = await readSources()

/** Where the rule does not hold: a room (`cli/`) or a file (`base/log.ts`), below `src`. */
function isIn(source: Source, ...places: string[]): boolean {
  return places.some((place) =>
    place.endsWith("/") ? source.file.startsWith(`src/${place}`) : source.file === `src/${place}`,
  )
}

/** Each file that `reason` gives a reason against; the reasons may be several. */
function problems(reason: (source: Source) => string | undefined | string[]): string[] {
  return sources.flatMap((source) =>
    [reason(source) ?? []].flat().map((why) => `${source.file}: ${why}`),
  )
}

/** The uses of `pattern` in what runs, for a rule that allows it in `places` only. */
function usesOutside(pattern: RegExp, instead: string, ...places: string[]): string[] {
  return problems((source) => {
    const use = isIn(source, ...places) ? null : pattern.exec(source.code)
    return use === null ? undefined : `${use[0]}: ${instead}`
  })
}

test("there are sources to check", () => {
  expect(sources.length).toBeGreaterThan(4)
  expect(problems(({ room }) => (isKnownRoom(room) ? undefined : `no such room: ${room}`))).toEqual(
    [],
  )
})

test("imports only go down", () => {
  const wrong = problems(({ room, imports }) =>
    imports
      .filter(({ target, isOwn, isDynamic }) => isOwn && !mayImport(room, target, isDynamic))
      .map(({ target }) => `${room} may not import ${target}`),
  )
  expect(wrong).toEqual([])
})

test("what runs in Convex or in a browser needs neither Node nor Bun", () => {
  const wrong = problems(({ room, imports }) =>
    imports
      .filter(({ target }) => isPortable(room) && /^(node|bun)(:|$)/.test(target))
      .map(({ target }) => `${room} may not import ${target}`),
  )
  expect(wrong).toEqual([])
})

test("no import goes round in a circle", () => {
  const importsByFile = new Map(
    sources.map(({ file, imports }) => [
      file,
      imports.filter(({ isOwn, isDynamic }) => isOwn && !isDynamic).map(({ target }) => target),
    ]),
  )
  const finished = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "))
    if (path.includes(file) || finished.has(file)) return
    for (const target of importsByFile.get(file) ?? []) visit(target, [...path, file])
    finished.add(file)
  }
  for (const { file } of sources) visit(file, [])
  expect(circles).toEqual([])
})

test("every file says first what it is", () => {
  const wrong = problems(({ text }) => {
    const header = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1]
    if (header === undefined) return "the first line is not the start of a header comment"
    return header.replaceAll(/[\s*]/g, "").length < 30
      ? "the header comment says nothing"
      : undefined
  })
  expect(wrong).toEqual([])
})

test("a file can be read in one go", () => {
  const limit = 400
  const wrong = problems((source) => {
    const lines = source.text.trimEnd().split("\n").length
    const isTable = isIn(source, "api/", "model/", "convex/schema.ts", "store/migrations.ts")
    return lines > limit && !isTable ? `${lines} lines (at most ${limit})` : undefined
  })
  expect(wrong).toEqual([])
})

test("files are named after what they are about", () => {
  const vague =
    /^(index|utils?|helpers?|types?|misc|common|shared|.*-(utils|helpers|manager|handler))$/
  const wrong = problems((source) => {
    const name = basename(source.file).replace(/\.tsx?$/, "")
    if (vague.test(name)) return "the name does not say what is inside"
    const form = source.room === "convex" ? /^[a-z][A-Za-z0-9]*$/ : /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
    return form.test(name.replace(/\.config$/, ""))
      ? undefined
      : `the name must match ${form.source}`
  })
  expect(wrong).toEqual([])
})

test("exports are named, and no file only passes on the exports of others", () => {
  const expected = /^src\/convex\/(schema|crons|http|[a-z]+\.config)\.ts$/
  const wrong = problems(({ file, code }) => {
    if (/\bexport\s*\*/.test(code)) return "export *: name what is exported"
    if (isBarrel(code)) return "it only passes on exports"
    if (expected.test(file)) return undefined
    return /\bexport\s+default\b|\bas\s+default\b/.test(code) ? "default export" : undefined
  })
  expect(wrong).toEqual([])
})

function isBarrel(code: string): boolean {
  const passedOn = /^(import|export)\s[^;]*?from\s*["'][^"']+["'];?|^export\s*\{[^}]*\};?/gm
  return /^export\b/m.test(code) && code.replaceAll(passedOn, "").trim() === ""
}

test("only the command line and the log write to the terminal", () => {
  const instead = "print through the command's output or the log"
  expect(usesOutside(/\bconsole\.\w+/, instead, "cli/", "base/log.ts")).toEqual([])
})

test("only the configuration and the entry read the environment", () => {
  const instead = "take it from the configuration"
  // The page's bundler is told by this name that the page is not for development. Functions have variables of their own.
  const functions = ["local/engine/environment.ts", "convex/retention.ts"]
  const places = ["config/", "cli/", "main.ts", "control/page-assets.ts", ...functions]
  expect(usesOutside(/\b(process|Bun)\.env\b/, instead, ...places)).toEqual([])
})

test("only the entry ends the process", () => {
  const instead = "throw a TinaError, or return"
  expect(usesOutside(/\bprocess\.(exit\(|abort\()/, instead, "main.ts")).toEqual([])
})

test("only the lowest room reads the clock and sets timers", () => {
  const clock =
    /\bDate\.now\b|\bnew Date\(\)|\bnew Date\b(?!\()|\bset(Timeout|Interval|Immediate)\b|\bBun\.sleep/
  const instead = "take a clock, or wait with base/async.ts"
  expect(usesOutside(clock, instead, "base/", "convex/", "local/", "dashboard/")).toEqual([])
})

test("a note for later names who owes it", () => {
  const wrong = problems(({ text }) => {
    const note = /\b(FIXME|XXX|HACK)\b|\bTODO\b(?!\([a-z])/.exec(text)
    return note === null ? undefined : `${note[0]} without a name`
  })
  expect(wrong).toEqual([])
})
