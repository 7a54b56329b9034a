/** The system calls behind `ctx.scheduler`: part of a mutation's transaction, a transaction of its own in an action. */
import { z } from "zod"
import type { Json } from "../values/json.ts"
import type { ActionCalls } from "./action-run.ts"
import type { AsyncCalls } from "./database-calls.ts"
import { currentTime } from "./environment.ts"
import { type JobRequest, addJob, cancelJob } from "./scheduled-jobs.ts"
import { canonicalPath } from "./functions.ts"
import type { Stores } from "./stores.ts"
import type { Transactor } from "./transactor.ts"

const scheduling = z.object({
  name: z.string(),
  /** In seconds. */
  ts: z.number(),
  args: z.custom<Json>((value) => value !== undefined),
})
const cancelling = z.object({ id: z.string() })

export function mutationScheduleCalls(stores: Stores): AsyncCalls {
  return {
    "1.0/schedule": ({ transaction }, args) =>
      JSON.stringify(addJob(stores, transaction, parseJob(args))),
    "1.0/cancel_job": ({ transaction }, args) => {
      cancelJob(stores, transaction, cancelling.parse(args).id, currentTime())
      return "null"
    },
  }
}

export function actionScheduleCalls(stores: Stores, transactor: Transactor): ActionCalls {
  return {
    "1.0/actions/schedule": async (args) => {
      const job = parseJob(args)
      const id = await transactor.writeAlone(({ transaction }) =>
        transaction.atomically(() => Promise.resolve(addJob(stores, transaction, job))),
      )
      return JSON.stringify(id)
    },
    "1.0/actions/cancel_job": async (args) => {
      const { id } = cancelling.parse(args)
      await transactor.writeAlone(({ transaction }) =>
        transaction.atomically(() => {
          cancelJob(stores, transaction, id, currentTime())
          return Promise.resolve()
        }),
      )
      return "null"
    },
  }
}

function parseJob(args: unknown): JobRequest {
  const { name, ts, args: given } = scheduling.parse(args)
  return { path: canonicalPath(name), args: given, at: ts * 1000 }
}
