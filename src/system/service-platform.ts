/**
 * What launchd and systemd have in common for us: one file per service, and commands around it. Both are
 * described here as data, so that installing, a dry run, and the checks of `doctor` are written once.
 */
import type { Argv } from "./command.ts"
import type { ServiceDefinition } from "./service-definition.ts"
import type { Step } from "./steps.ts"

export interface ServicePlatform {
  readonly name: "launchd" | "systemd"
  /** What the service is called there. */
  readonly label: string
  /** The file that makes it a service. */
  readonly file: string
  /** The content of that file. */
  render(definition: ServiceDefinition): string
  /** The program that an installed file runs, by whoever it was written. */
  readExecutable(content: string): string | undefined
  /** A variable that a file of ours sets; undefined if it does not. */
  readVariable(content: string, name: string): string | undefined
  /** Makes it a service that runs, whatever was there before. */
  install(definition: ServiceDefinition): readonly Step[]
  /** Stops it and removes everything that `install` made. */
  uninstall(): readonly Step[]
  /** Replaces the running process by a new one, also after it has failed too often. */
  readonly restart: readonly Step[]
  /** Exits with 0 while the service of that label is loaded. */
  isLoaded(label: string): Argv
  /** Labels of other programs that do this one's work on the same files. */
  readonly rivals: readonly string[]
  /** Removes the rival from the machine's services, as a person would have to type it. */
  removeRival(label: string): string
  /** What a person may want to know after the installation. */
  readonly note: string | undefined
}
