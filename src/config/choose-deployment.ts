/** Which deployment the settings mean, and with which tokens; and what to do where they do not say it. */
import { TinaError } from "../base/errors.ts"
import { Secret } from "../base/redact.ts"
import type { DeploymentConfig } from "./config.ts"
import { configFileCandidates } from "./paths.ts"
import type { Settings } from "./schema.ts"
import { readVariable, type Surroundings } from "./surroundings.ts"

export interface DeploymentInput {
  readonly settings: Settings
  readonly around: Surroundings
  /** The file that was read, if there is one. */
  readonly file: string | undefined
}

/** TinaError `config` when none is named, or its token is missing. */
export function chooseDeployment(input: DeploymentInput): DeploymentConfig {
  const { settings } = input
  if (settings.convex_url === undefined) throw nothingToConnectTo(input)
  if (settings.convex_url === "local") {
    const { port, redact_errors: redactErrors } = settings.local
    return { kind: "local", port, redactErrors }
  }
  const url = settings.convex_url.replace(/\/+$/, "")
  const authToken = tokenOf("auth_token", input)
  if (authToken === undefined) throw missingToken(input, url)
  return { kind: "remote", url, authToken, pageToken: tokenOf("page_token", input) }
}

/** The setting itself, else the variable that it names. */
function tokenOf(
  setting: "auth_token" | "page_token",
  { settings, around }: DeploymentInput,
): Secret | undefined {
  const given = settings[setting]
  if (given !== undefined) return new Secret(given)
  const name = settings[`${setting}_env`]
  if (name === undefined) return undefined
  const token = readVariable(around, name)
  if (token !== undefined) return new Secret(token)
  throw new TinaError("config", `cannot read the token: ${name} (${setting}_env) is not set`, {
    hint: `export ${name}=...`,
  })
}

function nothingToConnectTo(input: DeploymentInput): TinaError {
  const place = configPlace(input)
  return new TinaError("config", `cannot choose a deployment: convex_url is not set in ${place}`, {
    hint: "tina-daemon --local (runs a deployment on this machine), or tina-daemon init (writes that file)",
  })
}

function missingToken(input: DeploymentInput, url: string): TinaError {
  const problem = `auth_token is not set in ${configPlace(input)}, nor TINA_AUTH_TOKEN`
  return new TinaError("config", `cannot connect to ${url}: ${problem}`, {
    hint: "tina-daemon --local (needs no token), or tina-daemon init (writes that file)",
  })
}

function configPlace({ file, around }: DeploymentInput): string {
  return file ?? configFileCandidates(around)[0]
}
