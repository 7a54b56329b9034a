/**
 * What the program is told by the machine it runs on. It is read once, here, and handed on: nothing else
 * looks at `process.env`, so a test can put the whole program somewhere else.
 */
import { homedir, hostname } from "node:os"

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly hostname: string
}

export function readSurroundings(): Surroundings {
  const env = { ...process.env }
  return { env, platform: process.platform, home: homedir(), hostname: hostname() }
}

/** A variable's value; an empty one counts as missing. */
export function readVariable({ env }: Surroundings, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name]
}
