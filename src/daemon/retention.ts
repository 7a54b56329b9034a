/**
 * Forgets, a few times a day, what is kept for a while only: jobs that could not be done, teams that ended. Our own deployment
 * forgets by itself, and is told here how long it is to keep what.
 */
import { setVariables } from "../owner/variables.ts"
import type { Service } from "../core/service.ts"
import { forgetEnded, type ForgetDeps } from "../sync/forget.ts"
import type { Outbox } from "../sync/outbox.ts"
import type { Sync } from "../sync/sync.ts"
import type { Ground } from "./ground.ts"

const everyMs = 6 * 60 * 60 * 1000

export interface RetentionDeps extends Pick<ForgetDeps, "promises" | "board"> {
  readonly outbox: Outbox
  readonly sync: Pick<Sync, "forget">
}

export function retentionService(ground: Ground, deps: RetentionDeps): Service {
  const { clock, store, log } = ground
  return {
    name: "retention",
    async run({ signal, ready }) {
      const { deadJobsMs, endedTeamsMs } = ground.config().retention
      await tellDeployment(ground, signal)
      ready()
      for (;;) {
        deps.outbox.purge(clock.now() - deadJobsMs)
        const endedBefore = new Date(clock.now() - endedTeamsMs).toISOString()
        const teams = forgetEnded(endedBefore, { store, ...deps })
        deps.sync.forget(teams)
        if (teams.length > 0) log.info("forgot teams that ended long ago", { teams: teams.length })
        await clock.sleep(everyMs, signal)
      }
    },
  }
}

const dayMs = 24 * 60 * 60 * 1000

/** Elsewhere that is the owner's to say: a node's token may not. */
async function tellDeployment(
  { config, deployment: { url, adminKey } }: Pick<Ground, "config" | "deployment">,
  signal: AbortSignal,
): Promise<void> {
  if (adminKey === undefined) return
  const { historyMs, receiptsMs } = config().retention
  await setVariables(
    { url, adminKey, signal },
    {
      TINA_HISTORY_DAYS: String(historyMs / dayMs),
      TINA_RECEIPTS_DAYS: String(receiptsMs / dayMs),
    },
  )
}
