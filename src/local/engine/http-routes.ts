/**
 * The HTTP actions of the module `http`, found by the router that is its default export. An exact path goes before a
 * prefix, a longer prefix before a shorter one, and HEAD finds what answers GET. https://docs.convex.dev/functions/http-actions
 */
import type { Modules } from "./functions.ts"

export interface HttpRoute {
  /** As logs have it: `GET /messages/*`. */
  readonly name: string
  /** What the handler returns, which need not be a Response. */
  readonly invoke: (request: Request) => Promise<unknown>
}

export type FindRoute = (method: string, path: string) => HttpRoute | undefined

/** What Convex's `httpRouter()` makes, as far as it is used here. */
interface Router {
  readonly isRouter: true
  readonly lookup: (path: string, method: string) => readonly [HttpAction, string, string] | null
}

interface HttpAction {
  readonly invokeHttpAction: (request: Request) => Promise<unknown>
}

/** `undefined` where there is no module `http`; throws when there is one without a router. */
export function readRoutes(modules: Modules): FindRoute | undefined {
  const module = modules["http"]
  if (module === undefined) return undefined
  const router = module["default"]
  if (!isRouter(router)) {
    throw new TypeError("The default export of `convex/http.js` is not a Router.")
  }
  return (method, path) => {
    const found = router.lookup(path, method)
    if (found === null) return undefined
    const [action, routedMethod, routedPath] = found
    return { name: `${routedMethod} ${routedPath}`, invoke: action.invokeHttpAction }
  }
}

function isRouter(value: unknown): value is Router {
  return typeof value === "object" && value !== null && "isRouter" in value && "lookup" in value
}
