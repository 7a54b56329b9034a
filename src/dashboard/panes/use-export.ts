/** Saves everything that the deployment holds of one orchestration as a JSON file. */
import { useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { failure, useAsk } from "../live/use-live.ts"
import type { OrchestrationDetail } from "../view/rows.ts"

export function useExport({ _id: orchestrationId, featureName }: OrchestrationDetail) {
  const ask = useAsk(api.orchestrations.getOrchestrationDetail)
  const [problem, setProblem] = useState<string>()
  const save = () => {
    setProblem(undefined)
    ask({ orchestrationId }).then(
      (detail) => download(`${fileName(featureName)}.json`, JSON.stringify(detail, null, 2)),
      (error: unknown) => setProblem(`Cannot export it: ${failure(error).reason}`),
    )
  }
  return { save, problem }
}

function fileName(feature: string): string {
  return feature.replaceAll(/[^\w.-]+/g, "-").slice(0, 80) || "orchestration"
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
