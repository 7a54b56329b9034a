/** Restores a back-up over a deployment's file, to be killed meanwhile: `restore-program.ts BACKUP PATH`. Prints when it begins. */
import { restoreBackUp } from "../../src/local/transfer/backup.ts"

const [backup = "", path = ""] = process.argv.slice(2)
console.log("begins")
await restoreBackUp(backup, path)
console.log("done")
