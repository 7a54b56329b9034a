/** Between the sign-in and the frame: asks the deployment who the token speaks for. */
import { useMemo } from "react"
import { api } from "../../convex/_generated/api.js"
import { useConnection } from "../live/use-connection.ts"
import type { PageSession } from "../live/page-session.ts"
import { useLive, type Viewer, ViewerContext } from "../live/use-live.ts"
import type { Role } from "../view/rows.ts"
import { Frame } from "./frame.tsx"

interface Props {
  readonly session: PageSession
  readonly onSignOut: (reason?: string) => void
}

export function SignedIn({ session, onSignOut }: Props) {
  const { token, deploymentUrl } = session
  const asking = useMemo<Viewer>(
    () => ({ token, deploymentUrl, role: "viewer", signOut: () => onSignOut() }),
    [token, deploymentUrl],
  )
  return (
    <ViewerContext value={asking}>
      <WithRole viewer={asking} onSignOut={onSignOut} />
    </ViewerContext>
  )
}

interface WithRoleProps {
  readonly viewer: Viewer
  readonly onSignOut: (reason?: string) => void
}

function WithRole({ viewer, onSignOut }: WithRoleProps) {
  const who = useLive(api.board.whoAmI, {})
  const role: Role | undefined = who.status === "ready" ? who.value.role : undefined
  const known = useMemo(
    () => (role === undefined ? undefined : { ...viewer, role }),
    [viewer, role],
  )
  if (who.status === "failed" && who.isSignedOut) {
    return <Refused reason={who.reason} onSignOut={onSignOut} />
  }
  if (known === undefined) return <Waiting url={viewer.deploymentUrl} onSignOut={onSignOut} />
  return (
    <ViewerContext value={known}>
      <Frame />
    </ViewerContext>
  )
}

function Refused({
  reason,
  onSignOut,
}: {
  readonly reason: string
  readonly onSignOut: Props["onSignOut"]
}) {
  return (
    <main className="sign-in">
      <h1 className="brand">tina</h1>
      <p className="failed" role="alert">
        The deployment does not accept this browser any more: {reason}.
      </p>
      <button type="button" className="primary" onClick={() => onSignOut()}>
        Sign in again
      </button>
    </main>
  )
}

function Waiting({
  url,
  onSignOut,
}: {
  readonly url: string
  readonly onSignOut: Props["onSignOut"]
}) {
  const connection = useConnection()
  const isLong = connection.state === "offline" || connection.state === "reconnecting"
  return (
    <main className="sign-in">
      <h1 className="brand">tina</h1>
      <p role="status">{isLong ? `Cannot reach ${url}. Trying again.` : `Connecting to ${url}`}</p>
      {isLong ? (
        <>
          <p className="faint">
            The daemon may be stopped. On its machine: <code>tina-daemon status</code>
          </p>
          <button type="button" onClick={() => onSignOut()}>
            Sign out
          </button>
        </>
      ) : null}
    </main>
  )
}
