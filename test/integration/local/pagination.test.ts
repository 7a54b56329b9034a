/** Pages that stay next to each other while rows come and go, by hand and through the client that React's hook uses. */
import { expect, test } from "bun:test"
import { makeFunctionReference } from "convex/server"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"

interface Message {
  readonly body: string
}

/** The client supplies the page's options itself and hands out the rows, so it types both differently. */
const pageReference = makeFunctionReference<"query", { channel: string }, Message>("messages:page")

async function fill(deployment: TestDeployment, count: number): Promise<void> {
  const client = deployment.client()
  const bodies = Array.from({ length: count }, (_, index) => String(index))
  await Promise.all(
    bodies.map((body) => client.mutation(api.messages.send, { channel: "a", body })),
  )
}

test("following the cursors shows every row once, and the last page says that it is the last", async () => {
  await using deployment = await openTestDeployment()
  await fill(deployment, 25)
  const http = deployment.http()
  const seen: string[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < 10; pages += 1) {
    const paginationOpts = { numItems: 10, cursor }
    const page: { page: { body: string }[]; isDone: boolean; continueCursor: string } =
      await http.query(api.messages.page, { channel: "a", paginationOpts })
    seen.push(...page.page.map(({ body }) => body))
    cursor = page.continueCursor
    if (page.isDone) break
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => String(24 - index)))
})

test("a page that ends exactly at the last row does not know yet that it is the last", async () => {
  await using deployment = await openTestDeployment()
  await fill(deployment, 10)
  const http = deployment.http()
  const paginationOpts = { numItems: 10, cursor: null }
  const page = await http.query(api.messages.page, { channel: "a", paginationOpts })
  expect(page).toMatchObject({ isDone: false })
  const rest = { numItems: 10, cursor: page.continueCursor }
  const next = await http.query(api.messages.page, { channel: "a", paginationOpts: rest })
  expect(next).toMatchObject({ page: [], isDone: true })
})

test("a cursor of another query is refused as an InvalidCursor", async () => {
  await using deployment = await openTestDeployment()
  await fill(deployment, 3)
  const http = deployment.http()
  const paginationOpts = { numItems: 1, cursor: null }
  const page = await http.query(api.messages.page, { channel: "a", paginationOpts })
  const stolen = { numItems: 1, cursor: page.continueCursor }
  const other = http.query(api.messages.page, { channel: "b", paginationOpts: stolen })
  expect(other).rejects.toThrow("InvalidCursor")
})

test("the paginated subscription has neither gaps nor repeats while rows are added and removed", async () => {
  await using deployment = await openTestDeployment()
  await fill(deployment, 30)
  const writer = deployment.client()
  const options = { initialNumItems: 10 }
  const pages = deployment
    .client()
    .onPaginatedUpdate_experimental(pageReference, { channel: "a" }, options, () => undefined)
  const rows = (): string[] =>
    (pages.getCurrentValue()?.results ?? []).flat().map(({ body }) => body)
  await eventually(() => rows().length === 10)
  pages.getCurrentValue()?.loadMore(10)
  await eventually(() => rows().length === 20)

  const added = ["new 1", "new 2", "new 3"]
  for (const body of added) await writer.mutation(api.messages.send, { channel: "a", body })
  await eventually(() => rows().length === 23)
  expect(rows().slice(0, 3)).toEqual(added.toReversed())
  expect(new Set(rows()).size).toBe(23)

  const all = await writer.query(api.messages.list, { channel: "a" })
  for (const { _id: id, body } of all) {
    if (Number(body) % 2 === 0) await writer.mutation(api.messages.remove, { id })
  }
  const odd = Array.from({ length: 10 }, (_, index) => String(29 - 2 * index))
  await eventually(() => rows().length === 3 + odd.length)
  expect(rows()).toEqual([...added.toReversed(), ...odd])
  pages()
})
