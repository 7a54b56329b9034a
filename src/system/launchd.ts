/**
 * tina-daemon as a launchd agent of the logged-in user: its property list and the launchctl commands, in
 * the order that replaces a running one: bootout, bootstrap, kickstart. Pure: nothing is run or written here.
 */
import { join } from "node:path"
import template from "../../launchd/dev.tina.daemon.plist" with { type: "text" }
import type { ServiceDefinition } from "./service-definition.ts"
import type { ServicePlatform } from "./service-platform.ts"
import type { Step } from "./steps.ts"
import { fillTemplate } from "./template.ts"

const label = "dev.tina.daemon"

export interface LaunchdUser {
  readonly uid: number
  readonly home: string
}

export function createLaunchd({ uid, home }: LaunchdUser): ServicePlatform {
  const domain = `gui/${uid}`
  const target = `${domain}/${label}`
  const directory = join(home, "Library", "LaunchAgents")
  const file = join(directory, `${label}.plist`)

  // bootout returns before the old process is gone, and bootstrap refuses until it is.
  const bootout: readonly Step[] = [
    { kind: "run", argv: ["launchctl", "bootout", target], mode: "may_fail" },
    { kind: "run", argv: ["launchctl", "print", target], mode: "until_it_fails" },
  ]

  return {
    name: "launchd",
    label,
    file,
    render: renderPlist,
    readExecutable: (content) => readString(content, "ProgramArguments", "<array>"),
    readVariable: (content, name) => readString(content, name),
    install: (definition) => [
      { kind: "private_directory", path: definition.logs },
      { kind: "write", path: file, content: renderPlist(definition) },
      ...bootout,
      { kind: "run", argv: ["launchctl", "bootstrap", domain, file] },
      // Without -k, which would kill the process that bootstrap has just started.
      { kind: "run", argv: ["launchctl", "kickstart", target] },
    ],
    uninstall: () => [...bootout, { kind: "remove", path: file }],
    restart: [{ kind: "run", argv: ["launchctl", "kickstart", "-k", target] }],
    isLoaded: (name) => ["launchctl", "print", `${domain}/${name}`],
    rivals: ["dev.orchestra.daemon", "io.aiwg.daemon"],
    removeRival: (name) => {
      return `launchctl bootout ${domain}/${name}; rm -f '${join(directory, `${name}.plist`)}'`
    },
    note: undefined,
  }
}

function renderPlist(definition: ServiceDefinition): string {
  const { executable, args, home, logs, path, env } = definition
  return fillTemplate(template, {
    executable: escapeXml(executable),
    argument: args.map(escapeXml),
    home: escapeXml(home),
    logs: escapeXml(logs),
    path: escapeXml(path),
    variable: Object.entries(env).map(([name, value]) => {
      return { name: escapeXml(name), value: escapeXml(value) }
    }),
  })
}

/** The string that follows a key, or the first in the list that does. */
function readString(content: string, key: string, opening = ""): string | undefined {
  const form = new RegExp(`<key>${key}</key>\\s*${opening}\\s*<string>([^<]*)<`)
  return unescapeXml(form.exec(content)?.[1])
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }

/** Control characters have no escape: requireWritable refuses them before. */
function escapeXml(text: string): string {
  const pairs = Object.entries(entities)
  return pairs.reduce((escaped, [raw, entity]) => escaped.replaceAll(raw, entity), text)
}

function unescapeXml(text: string | undefined): string | undefined {
  const pairs = Object.entries(entities).toReversed()
  return pairs.reduce((raw, [char, entity]) => raw?.replaceAll(entity, char), text)
}
