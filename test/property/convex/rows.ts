/** All rows of a deployment in a form that two deployments can be compared in: names instead of ids. */
import { api, internal } from "../../../src/convex/_generated/api.js"
import type { Id, TableNames } from "../../../src/convex/_generated/dataModel.js"
import type { ApplyOutcome, Document } from "../../../src/convex/documents.ts"
import { openConvexTest } from "../../support/convex-test-peer.ts"

export interface Ingest {
  readonly deployment: ReturnType<typeof openConvexTest>
  readonly token: string
  readonly nodeId: Id<"nodes">
}

export async function openIngest(): Promise<Ingest> {
  const deployment = openConvexTest()
  const { token } = await deployment.mutation(internal.tokens.issue, { role: "node" })
  const node = { token, name: "laptop", os: "linux" }
  return { deployment, token, nodeId: await deployment.mutation(api.nodes.registerNode, node) }
}

/** Applies the batches one after the other; answers the outcomes of the last one. */
export async function applyTo(
  { deployment, token, nodeId }: Ingest,
  ...batches: readonly Document[][]
): Promise<ApplyOutcome[]> {
  let outcomes: ApplyOutcome[] = []
  for (const documents of batches) {
    const args = { token, nodeId, documents }
    outcomes = (await deployment.mutation(api.ingest.applyBatch, args)).outcomes
  }
  return outcomes
}

const tables = [
  "orchestrations",
  "phases",
  "teams",
  "teamMembers",
  "tasks",
  "taskEvents",
  "orchestrationEvents",
] as const satisfies TableNames[]

/** History in its order, the other tables sorted. */
export function readRows({ deployment }: Ingest): Promise<Record<string, string[]>> {
  return deployment.run(async ({ db }) => {
    const names = new Map<string, string>()
    for (const row of await db.query("orchestrations").collect()) names.set(row._id, row.key)
    for (const row of await db.query("teams").collect()) names.set(row._id, row.localDirName ?? "")
    const entries = tables.map(async (table): Promise<[string, string[]]> => {
      const rows = await db.query(table).collect()
      const texts = rows.map((row) => describe(row, names))
      return [table, table === "taskEvents" ? texts : texts.sort()]
    })
    return Object.fromEntries(await Promise.all(entries))
  })
}

function describe(row: object, names: ReadonlyMap<string, string>): string {
  const fields = Object.entries(row).filter(([name]) => !name.startsWith("_"))
  const named = fields.map(([name, value]) => [name, names.get(String(value)) ?? value])
  return JSON.stringify(Object.fromEntries(named))
}
