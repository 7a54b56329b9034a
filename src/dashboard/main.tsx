/** Starts the page. When drawing fails beyond repair it says so in plain text instead of going blank. */
import { createRoot } from "react-dom/client"
import { App } from "./app.tsx"

function showFailure(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  const text = document.createElement("p")
  text.className = "stopped"
  text.setAttribute("role", "alert")
  text.textContent = `The page has stopped: ${reason}. Nothing on your machines is affected; reload the page to go on.`
  document.body.replaceChildren(text)
}

const container = document.getElementById("page")
if (container !== null) createRoot(container, { onUncaughtError: showFailure }).render(<App />)
