/**
 * tina-daemon as a service of the user's own systemd (`systemctl --user`): its unit file and the
 * commands around it. Pure: nothing is run or written here.
 */
import { join } from "node:path"
import { TinaError } from "../base/errors.ts"
import template from "../../launchd/tina-daemon.service" with { type: "text" }
import type { Argv } from "./command.ts"
import type { ServiceDefinition } from "./service-definition.ts"
import type { ServicePlatform } from "./service-platform.ts"
import { fillTemplate } from "./template.ts"

const label = "tina-daemon.service"

/** `configHome` is XDG_CONFIG_HOME, or `~/.config`. */
export function createSystemd(configHome: string): ServicePlatform {
  const directory = join(configHome, "systemd", "user")
  const file = join(directory, label)

  return {
    name: "systemd",
    label,
    file,
    render: renderUnit,
    readExecutable: (content) => unquote(/^ExecStart=:?"((?:[^"\\]|\\.)*)"/m.exec(content)?.[1]),
    readVariable(content, name) {
      const form = new RegExp(`^Environment="${name}=((?:[^"\\\\]|\\\\.)*)"$`, "m")
      return unquote(form.exec(content)?.[1])
    },
    install: (definition) => [
      { kind: "private_directory", path: definition.logs },
      { kind: "write", path: file, content: renderUnit(definition) },
      { kind: "run", argv: systemctl("daemon-reload"), hint: noSystemd },
      { kind: "run", argv: systemctl("enable", label) },
      { kind: "run", argv: systemctl("restart", label) },
    ],
    uninstall: () => [
      { kind: "run", argv: systemctl("disable", "--now", label) },
      { kind: "remove", path: file },
      { kind: "run", argv: systemctl("daemon-reload") },
      // A unit that had failed would be listed for ever.
      { kind: "run", argv: systemctl("reset-failed", label), mode: "may_fail" },
    ],
    restart: [
      { kind: "run", argv: systemctl("reset-failed", label), mode: "may_fail" },
      { kind: "run", argv: systemctl("restart", label) },
    ],
    isLoaded: (name) => systemctl("is-active", "--quiet", name),
    rivals: ["orchestra-daemon.service", "aiwg-daemon.service"],
    removeRival: (name) => `systemctl --user disable --now ${name}`,
    note: "it stops when you log out, unless you run: loginctl enable-linger",
  }
}

/** A shell of `su` or `sudo` belongs to no session, and a container often has no systemd. */
const noSystemd =
  "log in as this user itself, or loginctl enable-linger; without systemd: tina-daemon start"

function systemctl(...args: readonly string[]): Argv {
  return ["systemctl", "--user", ...args]
}

function renderUnit(definition: ServiceDefinition): string {
  const { executable, args, path, env } = definition
  requirePlainExecutable(executable)
  return fillTemplate(template, {
    command: [executable, ...args].map(quote).join(" "),
    path: quote(`PATH=${path}`),
    variable: Object.entries(env).map(([name, value]) => quote(`${name}=${value}`)),
  })
}

/** Anything else may have quotes and backslashes, but systemd wants no such program. */
function requirePlainExecutable(executable: string): void {
  if (!/["'\\]/.test(executable)) return
  const reason = `systemd runs no program with a quote or a backslash in its path: ${executable}`
  throw new TinaError("usage", `cannot install the service: ${reason}`, {
    hint: "install the program elsewhere, for example in ~/.local/bin",
  })
}

/** One word of a unit file: in quotes, where `%` starts a specifier and a backslash an escape. */
function quote(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")
  return `"${escaped}"`
}

function unquote(text: string | undefined): string | undefined {
  return text?.replaceAll("%%", "%").replaceAll(/\\(.)/g, "$1")
}
