/**
 * Changes the connection in the config file: where the settings stand that count now, the file is written anew, for its owner alone,
 * and the old one is kept beside it. Comments stay in the old one.
 */
import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import { stringify } from "@std/toml"
import { writeFileAtomic } from "../base/files.ts"
import { isTable, readConfigFile } from "./file.ts"
import { layerSettings } from "./layers.ts"
import type { ConfigFlags } from "./layers.ts"
import { configFileCandidates } from "./paths.ts"
import type { Surroundings } from "./surroundings.ts"

export interface Connection {
  readonly url: string
  readonly token: string
}

export interface EditedConfig {
  readonly path: string
  /** The file as it was; undefined where there was none. */
  readonly before: string | undefined
}

/** TinaError `config` for a file that cannot be read, `io` for one that cannot be written. */
export async function writeConnection(
  { url, token }: Connection,
  flags: Pick<ConfigFlags, "config" | "env">,
  around: Surroundings,
): Promise<EditedConfig> {
  const file = readConfigFile(around, flags.config)
  const path = file?.path ?? configFileCandidates(around)[0]
  const before = file === undefined ? undefined : `${path}.before-move`
  if (file !== undefined) await writeFileAtomic(`${path}.before-move`, file.text)
  const { profile } = layerSettings({ flags, around, file })
  const table = file?.table ?? {}
  const own = table[profile]
  const connection = { convex_url: url, auth_token: token }
  const edited =
    isTable(own) && ("convex_url" in own || "auth_token" in own || "auth_token_env" in own)
      ? { ...table, [profile]: { ...own, ...connection } }
      : { ...connection, ...table, ...connection }
  await mkdir(dirname(path), { recursive: true })
  await writeFileAtomic(path, `${stringify(edited)}\n`)
  return { path, before }
}
