/** The executable that is measured: the one that `bun run build` leaves in the project. */
import { join } from "node:path"

export const binary = join(import.meta.dir, "..", "tina-daemon")
