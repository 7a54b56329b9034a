/** By how much the daemon grows while it works: what a memory leak would show as. */
import type { Bench } from "./bench.ts"
import { runSoak } from "./soak/soak.ts"

const minutes = 15

export const soakRssGrowth: Bench = {
  name: "soak.rss_growth_mb",
  unit: "MB",
  summary:
    "Memory gained after warm-up, in fifteen minutes of writes, outages, reloads and clients",
  async run({ signal }) {
    const { rssGrowthMb } = await runSoak({
      minutes,
      seed: 1,
      signal,
      isLocal: false,
      progress() {},
    })
    return { value: rssGrowthMb, n: 1 }
  },
}
