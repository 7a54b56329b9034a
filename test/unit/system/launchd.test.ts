import { expect, test } from "bun:test"
import { parse } from "plist"
import { z } from "zod"
import { createLaunchd } from "../../../src/system/launchd.ts"
import { describeStep } from "../../../src/system/steps.ts"
import { aService } from "../../support/service.ts"

const launchd = createLaunchd({ uid: 501, home: "/Users/ada" })

/** The keys that launchd knows and their types, after launchd.plist(5). */
const agent = z.strictObject({
  Label: z.literal("dev.tina.daemon"),
  ProgramArguments: z.tuple([z.string().startsWith("/")], z.string()),
  RunAtLoad: z.literal(true),
  KeepAlive: z.strictObject({ SuccessfulExit: z.literal(false) }),
  ThrottleInterval: z.int().min(10),
  ExitTimeOut: z.int().min(10),
  ProcessType: z.enum(["Background", "Standard", "Adaptive", "Interactive"]),
  Umask: z.literal(0o077),
  SoftResourceLimits: z.strictObject({ NumberOfFiles: z.int().positive() }),
  WorkingDirectory: z.string().startsWith("/"),
  EnvironmentVariables: z.record(z.string(), z.string()),
  StandardOutPath: z.string().startsWith("/"),
  StandardErrorPath: z.string().startsWith("/"),
})

test("the property list is one that launchd can read, with every key of the right type", () => {
  const definition = aService({
    args: ["run", "--local"],
    env: { CLAUDE_CONFIG_DIR: "/Users/ada/c & <d>" },
  })
  const parsed = agent.parse(parse(launchd.render(definition)))
  expect(parsed.ProgramArguments).toEqual(["/usr/local/bin/tina-daemon", "run", "--local"])
  expect(parsed.EnvironmentVariables).toEqual({
    PATH: "/usr/bin:/bin",
    CLAUDE_CONFIG_DIR: "/Users/ada/c & <d>",
  })
  expect(parsed.StandardErrorPath).toBe("/Users/ada/.local/state/tina/logs/boot.err.log")
  expect(parsed.WorkingDirectory).toBe("/Users/ada")
})

test("an installation boots the old one out, waits until it is gone, and boots the new one in", () => {
  const commands = launchd.install(aService()).map(describeStep)
  expect(commands).toEqual([
    "mkdir -p -m 700 /Users/ada/.local/state/tina/logs",
    "write /Users/ada/Library/LaunchAgents/dev.tina.daemon.plist",
    "launchctl bootout gui/501/dev.tina.daemon  # may fail",
    "launchctl print gui/501/dev.tina.daemon  # repeated until it fails",
    "launchctl bootstrap gui/501 /Users/ada/Library/LaunchAgents/dev.tina.daemon.plist",
    "launchctl kickstart gui/501/dev.tina.daemon",
  ])
})

test("the two other daemons' labels are known", () => {
  expect(launchd.rivals).toEqual(["dev.orchestra.daemon", "io.aiwg.daemon"])
  expect(launchd.isLoaded("io.aiwg.daemon")).toEqual([
    "launchctl",
    "print",
    "gui/501/io.aiwg.daemon",
  ])
})
