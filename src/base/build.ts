/** What this program was built from. The build defines both names; a run from the sources has neither. */
import pkg from "../../package.json"

declare const BUILD_VERSION: string | undefined
declare const BUILD_COMMIT: string | undefined

export const version: string = typeof BUILD_VERSION === "string" ? BUILD_VERSION : pkg.version
export const commit: string = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "sources"
