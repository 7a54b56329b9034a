/** The selection, which lives in the address, and the way to change it. */
import { useMemo, useSyncExternalStore } from "react"
import { parseRoute, routeToFragment, type Route } from "../view/route.ts"

export function useRoute(): Route {
  const fragment = useSyncExternalStore(subscribe, () => location.hash)
  return useMemo(() => parseRoute(fragment), [fragment])
}

/** Goes there as a step that the browser's back button undoes. */
export function go(route: Route): void {
  const fragment = routeToFragment(route)
  if (location.hash !== fragment) location.hash = fragment
}

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange)
  return () => removeEventListener("hashchange", onChange)
}
