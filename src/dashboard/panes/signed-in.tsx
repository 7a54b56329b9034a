/** Between the sign-in and the frame: asks the deployment who the token speaks for. */
import { useMemo } from "react"
import { api } from "../../convex/_generated/api.js"
import { useConnection } from "../live/use-connection.ts"
import type { PageSession } from "../live/page-session.ts"
import { useLive, type Viewer, ViewerContext } from "../live/use-live.ts"
import { Frame } from "./frame.tsx"

interface Props {
  readonly session: PageSession
  readonly onSignIn: (session: PageSession) => void
  readonly onSignOut: (reason?: string) => void
}

export function SignedIn({ session, onSignIn, onSignOut }: Props) {
  const { token, deploymentUrl } = session
  const asking = useMemo<Viewer>(
    () => ({
      token,
      deploymentUrl,
      role: undefined,
      signOut: () => onSignOut(),
      signInWith: (other) => onSignIn({ deploymentUrl, token: other }),
    }),
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

/** The frame does not wait for the role: what it shows is asked for at the same time. */
function WithRole({ viewer, onSignOut }: WithRoleProps) {
  const who = useLive(api.board.whoAmI, {})
  const connection = useConnection()
  const role = who.status === "ready" ? who.value.role : undefined
  const known = useMemo(() => ({ ...viewer, role }), [viewer, role])
  if (who.status === "failed" && who.isSignedOut) {
    return <Refused reason={who.reason} onSignOut={onSignOut} />
  }
  if (role === undefined && "since" in connection) {
    return <Unreachable url={viewer.deploymentUrl} onSignOut={onSignOut} />
  }
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

interface UnreachableProps {
  readonly url: string
  readonly onSignOut: Props["onSignOut"]
}

function Unreachable({ url, onSignOut }: UnreachableProps) {
  return (
    <main className="sign-in">
      <h1 className="brand">tina</h1>
      <p role="status">Cannot reach {url}. Trying again.</p>
      <p className="faint">
        The daemon may be stopped. On its machine: <code>tina-daemon status</code>
      </p>
      <button type="button" onClick={() => onSignOut()}>
        Sign out
      </button>
    </main>
  )
}
