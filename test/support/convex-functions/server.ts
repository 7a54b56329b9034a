/** Convex's builders, typed by the test schema, as generated code would give them. */
import {
  type ActionBuilder,
  type DataModelFromSchemaDefinition,
  type MutationBuilder,
  type QueryBuilder,
  actionGeneric,
  internalActionGeneric,
  internalMutationGeneric,
  internalQueryGeneric,
  mutationGeneric,
  queryGeneric,
} from "convex/server"
import type { schema } from "./schema.ts"

export type DataModel = DataModelFromSchemaDefinition<typeof schema>

export const query: QueryBuilder<DataModel, "public"> = queryGeneric
export const internalQuery: QueryBuilder<DataModel, "internal"> = internalQueryGeneric
export const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric
export const internalMutation: MutationBuilder<DataModel, "internal"> = internalMutationGeneric
export const action: ActionBuilder<DataModel, "public"> = actionGeneric
export const internalAction: ActionBuilder<DataModel, "internal"> = internalActionGeneric
