/** Wires what is wrong on this machine to the service that tells the deployment. */
import type { Log } from "../base/log.ts"
import { nodeReportService } from "../cloud/node-report.ts"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import type { Problems } from "../sync/problems.ts"
import type { Ground } from "./ground.ts"
import type { Outbound } from "./outbound.ts"

export function wireNodeReport(
  { cloud, deployment, store, clock, log, bus }: Ground,
  { machine, sync }: Pick<Outbound, "machine" | "sync">,
  { problems, redact }: { readonly problems: Pick<Problems, "list"> } & Pick<Log, "redact">,
): Service {
  const wake = createWake(clock)
  for (const event of ["problems.changed", "sync.changed", "deployment.changed"] as const) {
    bus.subscribe(event, wake.poke)
  }
  return nodeReportService({
    cloud,
    token: deployment.token,
    node: machine,
    kv: store.kv,
    clock,
    log,
    wake,
    problems: problems.list,
    unlinked: sync.unlinked,
    redact,
  })
}
