/**
 * Named places at which a test has the process killed, as a power cut would, to see what the next start makes of
 * it. Only a run from the sources has them: the build defines the version, and what is unreachable is dropped.
 */

declare const BUILD_VERSION: string | undefined

/** Ends the process here and now, without cleaning up, if this is the place that was named. */
export type CrashPoint = (name: string) => void

/** `at` is the name of the place, or undefined to go past all of them. */
export function createCrashPoint(at: string | undefined): CrashPoint {
  if (typeof BUILD_VERSION === "string" || at === undefined) return () => {}
  return (name) => {
    if (name === at) process.kill(process.pid, "SIGKILL")
  }
}
