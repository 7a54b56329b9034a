/**
 * Methods of the local deployment's owner: its functions, rows and variables. With a deployment elsewhere they are refused, and the
 * refusal names the command of Convex's that does it there. Values are Convex JSON.
 */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"
import { method, nothing } from "./method.ts"

const row = lazy(() => z.record(z.string(), z.unknown()))

export const deploymentMethods = {
  "deployment.access": method({
    summary:
      "Address and admin key of the local deployment; the key is another one after a restart",
    access: "admin",
    input: nothing,
    output: () => z.strictObject({ url: z.url(), adminKey: z.string() }),
  }),
  "deployment.run": method({
    summary: "Call a function of the local deployment, internal ones too",
    access: "admin",
    input: () => z.strictObject({ function: z.string(), args: row().optional() }),
    output: () => z.strictObject({ value: z.unknown(), logLines: z.array(z.string()) }),
  }),
  "deployment.tables": method({
    summary: "Tables of the local deployment, with how many documents each has",
    access: "admin",
    input: nothing,
    output: () =>
      z.strictObject({
        tables: z.array(z.strictObject({ name: z.string(), documents: z.int().nonnegative() })),
      }),
  }),
  "deployment.rows": method({
    summary: "Documents of one table, the newest first unless asked otherwise",
    access: "admin",
    input: () =>
      z.strictObject({
        table: z.string(),
        limit: z.int().min(1).max(10_000).optional(),
        order: z.enum(["asc", "desc"]).optional(),
      }),
    output: () => z.strictObject({ rows: z.array(row()) }),
  }),
  "deployment.env": method({
    summary:
      "Environment variables of the deployment's functions; values only where they are asked for",
    access: "admin",
    input: () => z.strictObject({ values: z.boolean().optional() }),
    output: () =>
      z.strictObject({
        variables: z.array(z.strictObject({ name: z.string(), value: z.string().optional() })),
      }),
  }),
  "deployment.setenv": method({
    summary: "Set environment variables of the deployment's functions; null removes one",
    access: "admin",
    input: () => z.strictObject({ variables: z.record(z.string(), z.string().nullable()) }),
    output: nothing,
  }),
} as const
