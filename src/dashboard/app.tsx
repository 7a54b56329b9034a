/** The page from the outside: first who is there, then either the sign-in or the frame with everything in it. */
import { ConvexProvider, ConvexReactClient } from "convex/react"
import { useEffect, useMemo, useState } from "react"
import { ClockContext, createPageClock } from "./live/page-clock.ts"
import {
  exchangeCode,
  forgetSession,
  type PageSession,
  storedSession,
  storeSession,
  takeCode,
} from "./live/page-session.ts"
import { PreferencesContext, usePreferencesStore } from "./live/preferences.ts"
import { Loading } from "./parts/empty.tsx"
import { SignIn } from "./panes/sign-in.tsx"
import { SignedIn } from "./panes/signed-in.tsx"

type Entry =
  | { readonly step: "asking" }
  | { readonly step: "sign_in"; readonly reason?: string }
  | { readonly step: "signed_in"; readonly session: PageSession }

export function App() {
  const store = usePreferencesStore(localStorage)
  const clock = useMemo(createPageClock, [])
  const { theme } = store.preferences
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme
  }, [theme])
  return (
    <PreferencesContext value={store}>
      <ClockContext value={clock}>
        <Entrance />
      </ClockContext>
    </PreferencesContext>
  )
}

function Entrance() {
  const [entry, setEntry] = useState<Entry>({ step: "asking" })
  const signIn = (session: PageSession) => {
    storeSession(localStorage, session)
    setEntry({ step: "signed_in", session })
  }
  const signOut = (reason?: string) => {
    forgetSession(localStorage)
    setEntry(reason === undefined ? { step: "sign_in" } : { step: "sign_in", reason })
  }
  useEffect(() => {
    const enter = async () => {
      // Taken out of the address at once, so a second run of this effect finds none and changes nothing.
      const outcome = await exchangeCode(takeCode(window))
      const stored = storedSession(localStorage)
      if (outcome.status === "signed_in") signIn(outcome.session)
      else if (stored !== undefined) setEntry({ step: "signed_in", session: stored })
      else signOut(outcome.status === "refused" ? outcome.reason : undefined)
    }
    void enter()
  }, [])
  if (entry.step === "asking") return <Loading />
  if (entry.step === "sign_in") return <SignIn reason={entry.reason} onSignIn={signIn} />
  return <Connected session={entry.session} onSignIn={signIn} onSignOut={signOut} />
}

interface ConnectedProps {
  readonly session: PageSession
  readonly onSignIn: (session: PageSession) => void
  readonly onSignOut: (reason?: string) => void
}

function Connected({ session, onSignIn, onSignOut }: ConnectedProps) {
  const { deploymentUrl } = session
  const client = useMemo(
    () => new ConvexReactClient(deploymentUrl, { unsavedChangesWarning: false, verbose: false }),
    [deploymentUrl],
  )
  useEffect(() => () => void client.close(), [client])
  return (
    <ConvexProvider client={client}>
      <SignedIn session={session} onSignIn={onSignIn} onSignOut={onSignOut} />
    </ConvexProvider>
  )
}
