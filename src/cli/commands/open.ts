/** `open`: the operator's page in a browser, signed in by a link that works once. */
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { connectToDaemon, linkArgs } from "../daemon-link.ts"

export const openCommand = command({
  name: "open",
  args: {
    print: { type: "boolean", description: "Only print the link, and open nothing" },
    ...linkArgs,
  },
  details: "The link works once and for ten minutes. After that the browser stays signed in.",
  async execute(args, context) {
    await using link = await connectToDaemon(args, context)
    const { url } = await link.client.call("page.link")
    context.stdout.write(`${url}\n`)
    const opener = args.print === true ? undefined : findOpener(context)
    if (opener !== undefined) openDetached([opener, url])
    return 0
  },
})

/** What opens an address here; nothing where there is no screen. */
function findOpener({ around }: CommandContext): string | undefined {
  if (process.platform === "darwin") return "/usr/bin/open"
  const hasScreen = Boolean(around.env["DISPLAY"] ?? around.env["WAYLAND_DISPLAY"])
  return hasScreen ? (Bun.which("xdg-open") ?? undefined) : undefined
}

/** The browser outlives this command. */
function openDetached(argv: readonly [string, string]): void {
  const stdio = ["ignore", "ignore", "ignore"] as const
  Bun.spawn([...argv], { stdio: [...stdio], detached: true }).unref()
}
