/** Every bench, in the order in which they are measured and printed. */
import type { Bench } from "./bench.ts"
import { cliVersion } from "./cli-version.ts"

export const benches: readonly Bench[] = [cliVersion]
