import { expect, test } from "bun:test"
import { Secret } from "../../../src/base/redact.ts"
import { openHttp } from "../../../src/control/http.ts"
import type { PageAssets } from "../../../src/control/page-assets.ts"
import { exportPage } from "../../../src/control/page-export.ts"
import { createPageLinks } from "../../../src/control/page-links.ts"
import { createRouter } from "../../../src/core/router.ts"
import { createTestHandlers } from "../../support/handlers.ts"
import { createMemoryLog } from "../../support/memory-log.ts"

const script = new TextEncoder().encode("console.log(1)".repeat(100))
const assets: PageAssets = {
  html: '<head>\n    <meta charset="utf-8" />\n    <meta name="tina-page" content="served" /></head>',
  files: new Map([
    ["chunk-1.js", { type: "text/javascript", body: script, gzip: Bun.gzipSync(script) }],
  ]),
}
const session = { deploymentUrl: "http://127.0.0.1:3210", token: "tina_secret" }

function openTestHttp(port = 0) {
  const { log, records } = createMemoryLog()
  const links = createPageLinks({ now: () => 0 })
  const deps = { log, links, assets: async () => assets, session: () => session }
  const router = createRouter({ handlers: createTestHandlers(), log })
  const token = new Secret("tina_0123456789abcdef0123456789abcdef")
  const http = openHttp({ ...deps, router, token, metrics: () => "up 1\n" }, port)
  return { http, records }
}

function exchange(url: string, code: string, headers: Record<string, string> = { origin: url }) {
  const body = JSON.stringify({ code })
  return fetch(`${url}/session`, { method: "POST", body, headers })
}

test("the page may load only its own files and talk only to the deployment", async () => {
  await using http = openTestHttp().http
  const response = await fetch(http.url)
  expect(response.headers.get("cache-control")).toBe("no-store")
  const policy = response.headers.get("content-security-policy") ?? ""
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'self' http://127.0.0.1:3210 ws://127.0.0.1:3210;")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(await response.text()).not.toContain("tina_secret")
})

test("files are kept for ever and sent compressed to who takes it", async () => {
  await using http = openTestHttp().http
  const read = (encoding: string) =>
    fetch(`${http.url}/chunk-1.js`, { headers: { "accept-encoding": encoding }, decompress: false })
  const small = await read("gzip, br")
  expect(small.headers.get("content-encoding")).toBe("gzip")
  expect(small.headers.get("cache-control")).toContain("immutable")
  expect(Bun.gunzipSync(await small.bytes())).toEqual(script)
  expect(await (await read("identity")).bytes()).toEqual(script)
  expect((await fetch(`${http.url}/../package.json`)).status).toBe(404)
})

test("a link signs in once", async () => {
  await using http = openTestHttp().http
  const code = http.link().url.split("#code=")[1] ?? ""
  const response = await exchange(http.url, code)
  expect(await response.json()).toEqual(session)
  expect((await exchange(http.url, code)).status).toBe(403)
})

test("a scraper on this machine gets the metrics, another site's page does not", async () => {
  await using http = openTestHttp().http
  const response = await fetch(`${http.url}/metrics`)
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
  expect(await response.text()).toBe("up 1\n")
  const foreign = { headers: { host: "tina.example" } }
  expect((await fetch(`${http.url}/metrics`, foreign)).status).toBe(403)
})

test("no code, no session: whatever the body holds", async () => {
  await using http = openTestHttp().http
  http.link()
  const bodies = ["", "null", "[]", "{", '{"code":1}', `{"code":"${"x".repeat(500)}"}`]
  for (const body of bodies) {
    const init = { method: "POST", body, headers: { origin: http.url } }
    expect((await fetch(`${http.url}/session`, init)).status).toBe(403)
  }
  const large = { method: "POST", body: "x".repeat(5000), headers: { origin: http.url } }
  expect((await fetch(`${http.url}/session`, large)).status).toBe(413)
})

test("another site cannot use a code, and a name pointed at this machine is not answered", async () => {
  await using http = openTestHttp().http
  const code = http.link().url.split("#code=")[1] ?? ""
  const { host } = new URL(http.url)
  const foreign = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: http.url, "sec-fetch-site": "cross-site" },
    { origin: "http://evil.example", host: "evil.example" },
  ]
  for (const headers of foreign) expect((await exchange(http.url, code, headers)).status).toBe(403)
  for (const name of ["evil.example", `evil.example:${host.split(":")[1]}`, "127.0.0.1:1"]) {
    expect((await fetch(`${http.url}/health`, { headers: { host: name } })).status).toBe(403)
  }
  expect((await exchange(http.url, code)).status).toBe(200)
})

test("the refused say no more than that, and a code is never logged", async () => {
  const { http, records } = openTestHttp()
  await using _ = http
  const code = http.link().url.split("#code=")[1] ?? ""
  await exchange(http.url, `${code}x`)
  expect(records.map(({ level }) => level)).toEqual(["warn"])
  expect(JSON.stringify(records)).not.toContain(code)
})

test("health answers a program; other methods and paths are refused", async () => {
  await using http = openTestHttp().http
  expect(await (await fetch(`${http.url}/health`)).json()).toEqual({ status: "ok" })
  expect((await fetch(http.url, { method: "PUT" })).status).toBe(405)
  expect((await fetch(`${http.url}/session`)).status).toBe(405)
  expect((await fetch(`${http.url}/nothing`)).status).toBe(404)
})

test("a taken port is no failure: the next free one is used", async () => {
  await using first = openTestHttp().http
  const port = Number(new URL(first.url).port)
  await using second = openTestHttp(port).http
  expect(second.url).not.toBe(first.url)
  expect((await fetch(`${second.url}/health`)).status).toBe(200)
})

test("the exported page has its policy inside, and asks for an address and a token", () => {
  const [page, ...others] = exportPage(assets)
  expect(page?.name).toBe("index.html")
  expect(page?.content).toContain('http-equiv="Content-Security-Policy"')
  expect(page?.content).toContain('content="exported"')
  expect(others.map(({ name }) => name)).toEqual(["chunk-1.js"])
})
