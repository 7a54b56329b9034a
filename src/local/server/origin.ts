/**
 * Which requests are from this machine. Browsers let any page open a WebSocket to 127.0.0.1 and may be
 * tricked into sending its requests there under another name, so both Host and Origin must name loopback.
 */

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"])

export function isLocalRequest(request: Request): boolean {
  const origin = request.headers.get("origin")
  return isLoopbackHost(request.headers.get("host")) && (origin === null || isLocalOrigin(origin))
}

function isLoopbackHost(host: string | null): boolean {
  return host !== null && loopback.has(host.replace(/:\d+$/, ""))
}

function isLocalOrigin(origin: string): boolean {
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
