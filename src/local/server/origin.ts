/**
 * Which requests are from this machine. Browsers let any page open a WebSocket to 127.0.0.1 and may be
 * tricked into sending its requests there under another name, so both Host and Origin must name loopback. HTTP actions
 * decide by themselves which origins they serve.
 */

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"])

export function hasLocalHost({ headers }: Request): boolean {
  const host = headers.get("host")
  return host !== null && loopback.has(host.replace(/:\d+$/, ""))
}

export function hasLocalOrigin({ headers }: Request): boolean {
  const origin = headers.get("origin")
  if (origin === null) return true
  const url = URL.parse(origin)
  return url !== null && loopback.has(url.hostname) && /^https?:$/.test(url.protocol)
}

/** Lets pages from other ports of this machine read the answer. */
export function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get("origin")
  if (origin === null) return {}
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-headers": "authorization, content-type, convex-client",
    "access-control-allow-methods": "GET, POST, OPTIONS",
    vary: "origin",
  }
}
