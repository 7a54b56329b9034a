import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { parse } from "plist"
import { TinaError } from "../../../src/base/errors.ts"
import { planInstall } from "../../../src/system/install.ts"
import { createLaunchd } from "../../../src/system/launchd.ts"
import { createSystemd } from "../../../src/system/systemd.ts"
import { aService } from "../../support/service.ts"
import { parseUnit } from "../../support/unit-file.ts"

const launchd = createLaunchd({ uid: 501, home: "/home/ada" })
const systemd = createSystemd("/home/ada/.config")

/** What people put into paths, and what the two formats give a meaning to. */
const difficult = fc.constantFrom(
  ..."& < > \" ' % $ \\ ; # : ! @ - + = { } [ ] ( ) * ? ~ `".split(" "),
  " ",
  "]]>",
  "<!--",
  "&amp;",
  "%h",
  "$HOME",
  "${x}",
  "\\n",
  "{{home}}",
  "é",
  "日本",
  "🦊",
  "\u0301",
  "\u200b",
)
const word = fc
  .array(fc.oneof(difficult, fc.string({ unit: "grapheme", maxLength: 4 })), { maxLength: 12 })
  .map((parts) => parts.join(""))
  .filter((text) => text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\ufffe\uffff]/u.test(text))
const path = word.map((text) => `/${text}`)
const definition = fc
  .record({
    executable: path,
    args: fc.array(word, { maxLength: 4 }),
    home: path,
    logs: path,
    path,
    env: fc.dictionary(fc.constantFrom("CLAUDE_CONFIG_DIR", "TINA_STATE_DIR"), word),
  })
  .map(aService)

test("whatever a path is made of, launchd reads it back as it was", () => {
  fc.assert(
    fc.property(definition, (service) => {
      const parsed = parse(launchd.render(service))
      expect(parsed).toMatchObject({
        ProgramArguments: [service.executable, ...service.args],
        WorkingDirectory: service.home,
        EnvironmentVariables: { PATH: service.path, ...service.env },
        StandardOutPath: `${service.logs}/boot.out.log`,
        StandardErrorPath: `${service.logs}/boot.err.log`,
      })
    }),
  )
})

const unitDefinition = definition.map((service) => {
  return { ...service, executable: service.executable.replaceAll(/["'\\]/g, "_") }
})

test("whatever a path is made of, systemd reads it back as it was", () => {
  fc.assert(
    fc.property(unitDefinition, (service) => {
      const { command, environment } = parseUnit(systemd.render(service))
      expect(command).toEqual([service.executable, ...service.args])
      expect(environment).toEqual({ PATH: service.path, ...service.env })
    }),
  )
})

test("the program and the variables of an installed service are read back from its file", () => {
  fc.assert(
    fc.property(unitDefinition, (service) => {
      for (const platform of [launchd, systemd]) {
        const content = platform.render(service)
        expect(platform.readExecutable(content)).toBe(service.executable)
        expect(platform.readVariable(content, "PATH")).toBe(service.path)
        expect(platform.readVariable(content, "TINA_STATE_DIR")).toBe(service.env["TINA_STATE_DIR"])
      }
    }),
  )
})

test("systemd's own limit on the path of a program is an error that says so", () => {
  const char = fc.constantFrom('"', "'", "\\")
  fc.assert(
    fc.property(path, char, (before, char) => {
      const service = aService({ executable: before + char })
      expect(() => planInstall(service, systemd)).toThrow("quote or a backslash")
    }),
  )
})

test("a control character, which neither format can carry, is refused", () => {
  const control = fc.constantFrom(
    "\0",
    "\n",
    "\r",
    "\u001b",
    "\u0085",
    "\u2028",
    "\ud800",
    "\uffff",
  )
  fc.assert(
    fc.property(path, control, path, (before, char, after) => {
      const service = aService({ executable: before + char + after })
      for (const platform of [launchd, systemd]) {
        expect(() => planInstall(service, platform)).toThrow(TinaError)
      }
    }),
  )
})
