/**
 * What is selected, as the fragment of the page's address: a link to it opens the same thing, also where
 * the page is a file that a host serves without rules of its own.
 */

export type Route =
  | { readonly screen: "overview" }
  | { readonly screen: "history" }
  | { readonly screen: "nodes" }
  | { readonly screen: "start" }
  | { readonly screen: "orchestration"; readonly id: string; readonly detail?: Detail }

export interface Detail {
  readonly kind: (typeof detailKinds)[number]
  readonly id: string
}

const detailKinds = ["task", "member", "team", "event", "about"] as const
const safeId = /^[\w-]{1,64}$/

/** What cannot be read opens the overview. */
export function parseRoute(fragment: string): Route {
  const [screen = "", id = "", kind = "", detailId = ""] = fragment.replace(/^#?\/?/, "").split("/")
  if (screen === "nodes" || screen === "history" || screen === "start") return { screen }
  if (screen !== "o" || !safeId.test(id)) return { screen: "overview" }
  if (!isDetailKind(kind) || !safeId.test(detailId)) return { screen: "orchestration", id }
  return { screen: "orchestration", id, detail: { kind, id: detailId } }
}

export function routeToFragment(route: Route): string {
  if (route.screen === "overview") return "#/"
  if (route.screen !== "orchestration") return `#/${route.screen}`
  const { id, detail } = route
  return detail === undefined ? `#/o/${id}` : `#/o/${id}/${detail.kind}/${detail.id}`
}

function isDetailKind(kind: string): kind is Detail["kind"] {
  return (detailKinds as readonly string[]).includes(kind)
}
