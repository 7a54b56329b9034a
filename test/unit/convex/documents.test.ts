/** The Convex validators of documents and the zod schemas of the same describe the same types. */
import { expect, test } from "bun:test"
import type { z } from "zod"
import { type ApplyOutcome, document, type Document } from "../../../src/convex/documents.ts"
import * as model from "../../../src/model/document.ts"

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

const sameDocuments: Equal<Document, model.Document> = true
const sameOutcomes: Equal<ApplyOutcome, model.ApplyOutcome> = true

test("documents have the same types in Convex and in the model", () => {
  expect(sameDocuments && sameOutcomes).toBe(true)
})

test("documents have the same fields, required and optional, in Convex and in the model", () => {
  const inConvex = document.members.map((member) => shapeOf(member.fields))
  const inModel = model.documentSchema.options.map((option) => zodShapeOf(option.shape))
  expect(inConvex).toEqual(inModel)
})

function shapeOf(fields: Record<string, { readonly isOptional: string }>): string[] {
  return Object.entries(fields)
    .map(([name, field]) => (field.isOptional === "optional" ? `${name}?` : name))
    .sort()
}

function zodShapeOf(shape: Record<string, z.ZodType>): string[] {
  return Object.entries(shape)
    .map(([name, field]) => (field._zod.optin === "optional" ? `${name}?` : name))
    .sort()
}
