/** The profiles that a config file may have, the names by which they are called, and what each may set for itself. */
import { z } from "zod"
import { convexUrl, mustBeTable, port, text } from "./kinds.ts"

export const profileNames = ["prod", "dev"] as const
export type ProfileName = (typeof profileNames)[number]

/** Also accepted where a profile is named. */
export const profileAliases: Readonly<Record<string, ProfileName>> = {
  production: "prod",
  development: "dev",
}

/** Also settings of the whole file, which a profile that is in use replaces. */
export const profileSettings = {
  convex_url: convexUrl
    .optional()
    .describe('Address of the Convex deployment; "local" runs one inside the daemon'),
  auth_token: text.optional().describe("This node's token for the deployment"),
  auth_token_env: text
    .optional()
    .describe("Name of an environment variable that holds the token, used without `auth_token`"),
  page_token: text
    .optional()
    .describe(
      "An operator's or a viewer's token, with which the page is opened; only looks without",
    ),
  page_token_env: text
    .optional()
    .describe("Name of an environment variable that holds it, used without `page_token`"),
  node_name: text
    .optional()
    .describe("Name of this machine in the deployment")
    .meta({ defaultText: "the host's name" }),
  http_port: port
    .default(7842)
    .describe(
      "Port on 127.0.0.1 of the page, the methods, /health and /metrics; 0 picks a free one",
    ),
}

export const profileSchema = z.strictObject(profileSettings, mustBeTable).partial()
