/**
 * Every event that the daemon announces, inside the process (the bus) and to subscribers (the control
 * socket). An event says "look again at this": it never carries the only copy of anything, so that
 * losing all of them delays work and loses none.
 */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"
import { agentEvents } from "./agent-events.ts"
import { automationEvents } from "./automation-methods.ts"
import { deploymentStates, serviceStates } from "./views.ts"

export const events = {
  /** Teams, tasks or orchestrations on this machine changed. */
  "sync.changed": () => z.strictObject({ teams: z.array(z.string()) }),
  /** The list of problems changed. */
  "problems.changed": () => z.strictObject({ count: z.int().nonnegative() }),
  /** A service went from one state to another. */
  "service.changed": () => z.strictObject({ name: z.string(), state: z.enum(serviceStates) }),
  /** The deployment came or went. */
  "deployment.changed": () => z.strictObject({ state: z.enum(deploymentStates) }),
  /** A job was put into the outbox or left it. */
  "outbox.changed": () => z.strictObject({ ready: z.int().nonnegative() }),
  /** An action arrived, moved on or ended. */
  "actions.changed": () => z.strictObject({ actionId: z.string().optional() }),
  /** The configuration was read again and accepted. */
  "config.changed": () => z.strictObject({ sections: z.array(z.string()) }),
  ...agentEvents,
  ...automationEvents,
} as const

export const eventName = lazy(() => z.enum(Object.keys(events).filter(isEventName)))

export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = z.infer<ReturnType<(typeof events)[N]>>
export type EventPayloads = { readonly [N in EventName]: EventPayload<N> }

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name)
}

/** An event as a subscriber gets it. `cursor` is what to pass as `since` to go on after it. */
export const eventRecord = lazy(() =>
  z.strictObject({
    cursor: z.string(),
    at: z.iso.datetime(),
    event: z.string(),
    payload: z.record(z.string(), z.unknown()),
  }),
)

/** Events after the subscriber's cursor are gone: read everything again, then go on from `cursor`. */
export const laggedRecord = lazy(() =>
  z.strictObject({
    cursor: z.string(),
    /** How many were missed, where that is known. */
    missed: z.int().positive().optional(),
  }),
)

export type EventRecord = z.infer<ReturnType<typeof eventRecord>>
export type LaggedRecord = z.infer<ReturnType<typeof laggedRecord>>
