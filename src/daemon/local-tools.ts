/** What commands do with the file of the local deployment itself, most of it while no daemon runs. */
import type { LocalTools } from "../cli/seams.ts"
import { indexProblemsOf, rebuildIndexes } from "../local/check-file.ts"
import { openLocalDeployment } from "../local/deployment.ts"
import { findInvalidDocuments } from "../local/invalid-documents.ts"
import { readOrCreateCredentials } from "./credentials.ts"
import { backUp, replacedPath, restoreBackUp } from "../local/transfer/backup.ts"
import { exportZip } from "../local/transfer/export-zip.ts"

export const localTools: LocalTools = {
  serve: ({ path, version, signal }) => openLocalDeployment({ path, version, signal, port: 0 }),
  exportZip,
  backUp,
  restoreBackUp,
  replacedPath,
  nodeToken: async (stateDir) => (await readOrCreateCredentials(stateDir)).node,
  indexProblems: indexProblemsOf,
  rebuildIndexes,
  invalidDocuments: findInvalidDocuments,
}
