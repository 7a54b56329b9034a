/** Signing in as an operator where the page can only look: the token is tried before it takes the other's place. */
import { useConvex } from "convex/react"
import { type FormEvent, useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { failure, useViewer } from "../live/use-live.ts"
import { CopyButton } from "../parts/copy-button.tsx"
import { Dialog } from "../parts/dialog.tsx"

const issue = `npx convex run tokens:issue '{"role":"operator","label":"page"}'`

export function OperatorDialog({ onClose }: { readonly onClose: () => void }) {
  const { signInWith } = useViewer()
  const convex = useConvex()
  const [token, setToken] = useState("")
  const [isTrying, setIsTrying] = useState(false)
  const [problem, setProblem] = useState<string>()
  const attempt = async () => {
    const { role } = await convex.query(api.board.whoAmI, { token: token.trim() })
    if (role !== "operator") return setProblem(`That is a ${role}'s token.`)
    signInWith(token.trim())
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsTrying(true)
    attempt()
      .catch((error: unknown) => setProblem(`Not accepted: ${failure(error).reason}.`))
      .finally(() => setIsTrying(false))
  }
  return (
    <Dialog title="Sign in as an operator" onClose={onClose}>
      <form onSubmit={submit}>
        <label>
          Operator token
          <input
            type="password"
            autoComplete="current-password"
            maxLength={512}
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <div className="faint form-note">
          Whoever runs the deployment makes one. This browser keeps it until you sign out;
          page_token in the daemon's configuration makes every link of tina-daemon open an
          operator's page.
          <p className="command">
            <code>{issue}</code>
            <CopyButton text={issue} what="the command" />
          </p>
        </div>
        {problem === undefined ? null : <p role="alert">{problem}</p>}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={token.trim() === "" || isTrying}>
            Sign in
          </button>
        </div>
      </form>
    </Dialog>
  )
}
