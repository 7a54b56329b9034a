/** What somebody sees who is not signed in: how to come in, and nothing of anybody's work. */
import { type FormEvent, useState } from "react"
import type { PageSession } from "../live/page-session.ts"
import { CopyButton } from "../parts/copy-button.tsx"

interface Props {
  readonly reason?: string | undefined
  readonly onSignIn: (session: PageSession) => void
}

export function SignIn({ reason, onSignIn }: Props) {
  return (
    <main className="sign-in">
      <h1 className="brand">tina</h1>
      {reason === undefined ? null : (
        <p className="failed" role="alert">
          Not signed in: {reason}.
        </p>
      )}
      {isServed() ? <OpenFromTerminal /> : <TokenForm onSignIn={onSignIn} />}
    </main>
  )
}

/** Whether the daemon itself serves this page, or some host serves the exported files. */
function isServed(): boolean {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="tina-page"]')
  return meta?.content !== "exported"
}

function OpenFromTerminal() {
  return (
    <>
      <p>This page opens with a link that works once. On the machine that serves it, run:</p>
      <p className="command">
        <code>tina-daemon open</code>
        <CopyButton text="tina-daemon open" what="the command" />
      </p>
      <p className="faint">After that this browser stays signed in until you sign out.</p>
    </>
  )
}

function TokenForm({ onSignIn }: Pick<Props, "onSignIn">) {
  const [problem, setProblem] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const deploymentUrl = textOf(form, "url").replace(/\/+$/, "")
    const token = textOf(form, "token")
    if (!/^https?:\/\/[^/]+$/.test(deploymentUrl)) {
      return setProblem("The address has the form https://happy-animal-123.convex.cloud.")
    }
    if (token === "")
      return setProblem(
        "A token is needed. Whoever runs the deployment issues one: npx convex run tokens:issue.",
      )
    return onSignIn({ deploymentUrl, token })
  }
  return (
    <form onSubmit={submit} noValidate>
      <label>
        Deployment
        <input
          name="url"
          type="url"
          placeholder="https://happy-animal-123.convex.cloud"
          autoComplete="url"
        />
      </label>
      <label>
        Operator or viewer token
        <input name="token" type="password" autoComplete="current-password" />
      </label>
      {problem === undefined ? null : <p role="alert">{problem}</p>}
      <button type="submit" className="primary">
        Sign in
      </button>
    </form>
  )
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === "string" ? value.trim() : ""
}
