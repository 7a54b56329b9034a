/**
 * From flags, environment and file to one Config: flag > environment > profile > file > default.
 * It reads the config file and nothing else, and changes nothing on the disk.
 */
import { checkSettings } from "./check.ts"
import type { Config } from "./config.ts"
import { readConfigFile } from "./file.ts"
import { layerSettings, type ConfigFlags } from "./layers.ts"
import { stateDirectory, statePaths } from "./paths.ts"
import { settingsToConfig } from "./settings-to-config.ts"
import type { Surroundings } from "./surroundings.ts"

/** TinaError `config` for anything that is wrong or missing, with what to do about it. */
export function loadConfig(flags: ConfigFlags, around: Surroundings): Config {
  const file = readConfigFile(around, flags.config)
  const layers = layerSettings({ flags, around, file })
  const settings = checkSettings(layers, file)
  const paths = statePaths(stateDirectory(around, flags.stateDir))
  return settingsToConfig({ settings, layers, around, paths, file: file?.path })
}
