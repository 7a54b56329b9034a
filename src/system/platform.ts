/** Which of the two service managers this machine has. */
import { isAbsolute, join } from "node:path"
import { TinaError } from "../base/errors.ts"
import { readVariable, type Surroundings } from "../config/surroundings.ts"
import { createLaunchd } from "./launchd.ts"
import type { ServicePlatform } from "./service-platform.ts"
import { createSystemd } from "./systemd.ts"

/** TinaError `usage` on a system that has neither. */
export function servicePlatform(around: Surroundings): ServicePlatform {
  const { platform, home } = around
  if (platform === "darwin") return createLaunchd({ uid: process.getuid?.() ?? 0, home })
  if (platform === "linux") {
    const configHome = readVariable(around, "XDG_CONFIG_HOME")
    const isUsable = configHome !== undefined && isAbsolute(configHome)
    return createSystemd(isUsable ? configHome : join(home, ".config"))
  }
  throw new TinaError(
    "usage",
    `cannot install a service: ${platform} has no launchd, nor systemd`,
    {
      hint: "tina-daemon run",
    },
  )
}
