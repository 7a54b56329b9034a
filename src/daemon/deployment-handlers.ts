/** What answers the methods of the local deployment's owner: the same requests that its commands make. */
import type { CallContext, Handlers } from "../api/methods.ts"
import { TinaError } from "../base/errors.ts"
import { runFunction } from "../owner/functions.ts"
import type { DeploymentAccess } from "../owner/request.ts"
import { listRows, listTables } from "../owner/tables.ts"
import { listVariables, setVariables } from "../owner/variables.ts"
import type { Deployment } from "./deployment.ts"

type DeploymentHandlers = Pick<
  Handlers,
  | "deployment.access"
  | "deployment.run"
  | "deployment.tables"
  | "deployment.rows"
  | "deployment.env"
  | "deployment.setenv"
>

const rowsListed = 100

export function deploymentHandlers(
  deployment: Pick<Deployment, "url" | "adminKey">,
): DeploymentHandlers {
  function access({ signal }: Pick<CallContext, "signal">): DeploymentAccess {
    const { url, adminKey } = deployment
    if (adminKey !== undefined) return { url, adminKey, signal }
    throw new TinaError("conflict", `cannot do this here: the deployment is ${url}`, {
      hint: "npx convex --help (in a directory that is set up for that deployment)",
    })
  }
  return {
    "deployment.access"(_input, context) {
      const { url, adminKey } = access(context)
      return { url, adminKey }
    },
    async "deployment.run"({ function: path, args = {} }, context) {
      const ran = await runFunction(access(context), { path, args })
      if (ran.ok) return { value: ran.value, logLines: [...ran.logLines] }
      throw new TinaError("usage", `cannot run ${path}: ${ran.message}`)
    },
    async "deployment.tables"(_input, context) {
      return { tables: [...(await listTables(access(context)))] }
    },
    async "deployment.rows"({ table, limit = rowsListed, order = "desc" }, context) {
      return { rows: [...(await listRows(access(context), { table, limit, order }))] }
    },
    async "deployment.env"({ values = false }, context) {
      const variables = await listVariables(access(context))
      return {
        variables: variables.map(({ name, value }) => (values ? { name, value } : { name })),
      }
    },
    async "deployment.setenv"({ variables }, context) {
      await setVariables(access(context), variables)
      return {}
    },
  }
}
