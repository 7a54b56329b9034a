/**
 * Which HTTP requests are answered at all. Any web page can make a browser send requests to this port, and
 * a host name can be pointed at 127.0.0.1, so Host must name loopback with our own port, and a request that
 * says where it comes from must come from our own page.
 */

const names = ["127.0.0.1", "localhost", "[::1]"]

export function isFromHere(request: Request, port: number): boolean {
  const { headers } = request
  const hosts = names.map((name) => `${name}:${port}`)
  const host = headers.get("host")
  if (host === null || !hosts.includes(host)) return false
  const origin = headers.get("origin")
  return origin === null || origin === `http://${host}`
}

/** True when the request comes from our own page, and says so. */
export function isFromPage(request: Request): boolean {
  const { headers } = request
  const site = headers.get("sec-fetch-site")
  const origin = headers.get("origin")
  return origin === `http://${headers.get("host")}` && (site === null || site === "same-origin")
}

/** What a browser may load and where the page may connect: its own files, and the deployment. */
export function contentSecurityPolicy(deploymentUrl: string): string {
  const { origin } = new URL(deploymentUrl)
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${origin} ${origin.replace(/^http/, "ws")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ")
}
