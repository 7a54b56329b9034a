/** Every bench, in the order in which they are measured and printed. */
import type { Bench } from "./bench.ts"
import { cliStatus } from "./cli-status.ts"
import { cliVersion } from "./cli-version.ts"
import { idleCpu, idleMemory } from "./idle.ts"
import { localBeside } from "./local/beside.ts"
import { localMemory } from "./local/memory.ts"
import { localMutations } from "./local/mutations.ts"
import { localStall } from "./local/stall.ts"
import { localTableSize } from "./local/table-size.ts"
import { localUpdates } from "./local/updates.ts"
import { pageChangeToScreen } from "./page-change-to-screen.ts"
import { pageFirstView } from "./page-first-view.ts"
import { pageFrame } from "./page-frame.ts"
import { pageSize } from "./page-size.ts"
import { soakRssGrowth } from "./soak-rss-growth.ts"
import { syncChangeSeen } from "./sync-change-seen.ts"
import { syncChangeToSubscriber } from "./sync-change-to-subscriber.ts"
import { syncColdStart } from "./sync-cold-start.ts"
import { syncDrain } from "./sync-drain.ts"
import { syncOverflow } from "./sync-overflow.ts"

export const benches: readonly Bench[] = [
  syncChangeSeen,
  syncChangeToSubscriber,
  syncOverflow,
  syncColdStart,
  syncDrain,
  idleMemory,
  idleCpu,
  cliStatus,
  cliVersion,
  ...localMutations,
  ...localUpdates,
  ...localBeside,
  ...localTableSize,
  localMemory,
  localStall,
  pageFirstView,
  pageChangeToScreen,
  pageFrame,
  pageSize,
  soakRssGrowth,
]
