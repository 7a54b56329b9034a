/**
 * The page as files for any static host, for a phone or a machine without a daemon. It signs in by the
 * deployment's address and a token. The host sends no headers of ours, so the policy goes into the HTML.
 */
import type { PageAssets } from "./page-assets.ts"

export interface ExportedFile {
  readonly name: string
  readonly content: string | Uint8Array
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src https: wss: http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ")

export function exportPage({ html, files }: PageAssets): ExportedFile[] {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`
  const page = html
    .replace('content="served"', 'content="exported"')
    .replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n    ${meta}`)
  const others = [...files].map(([name, { body }]) => ({ name, content: body }))
  return [{ name: "index.html", content: page }, ...others]
}
