/** How one service is: its state, since when, and what went wrong last. Told to whoever asks to be told. */
import type { Clock } from "../base/clock.ts"
import type { ServiceState, ServiceStatus } from "./service.ts"

export interface StatusDeps {
  readonly clock: Clock
  readonly onChange?: (status: ServiceStatus) => void
}

export interface StatusKeeper {
  read(): ServiceStatus
  set(next: ServiceState): void
}

export function createStatusKeeper(name: string, { clock, onChange }: StatusDeps): StatusKeeper {
  let current: ServiceState = { state: "starting" }
  let since = clock.now()
  let restarts = 0
  let lastError: string | undefined
  const read = (): ServiceStatus => ({ ...current, name, since, restarts, lastError })
  return {
    read,
    set(next) {
      if (current.state === "waiting" && next.state === "starting") restarts += 1
      if (next.state === "waiting" || next.state === "stopped") lastError = next.error ?? lastError
      current = next
      since = clock.now()
      onChange?.(read())
    },
  }
}
