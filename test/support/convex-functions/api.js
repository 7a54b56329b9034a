/** References to the test functions, as Convex's generated code has them. */
import { anyApi } from "convex/server"

export const api = anyApi
