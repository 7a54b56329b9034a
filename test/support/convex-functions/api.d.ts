/** The types of the test functions' references, internal ones too. */
import type { ApiFromModules } from "convex/server"
import type { modules } from "./modules.ts"

export declare const api: ApiFromModules<typeof modules>
