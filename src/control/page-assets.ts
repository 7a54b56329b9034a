/**
 * The files of the operator's page. In the compiled binary they were bundled at build time and lie inside
 * it; from source they are bundled here when first asked for. Either way: one HTML text and files whose
 * names change with their content, kept in memory with their compressed form.
 */
import { basename } from "node:path"
import page from "../dashboard/page.html"
import { TinaError } from "../base/errors.ts"

export interface PageFile {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
}

export interface PageAssets {
  readonly html: string
  /** By name without a slash. */
  readonly files: ReadonlyMap<string, PageFile>
}

interface NamedFile {
  readonly name: string
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
}

export async function readPageAssets(): Promise<PageAssets> {
  const named = Bun.isStandaloneExecutable ? await embeddedFiles() : await bundledFiles()
  const html = named.find(({ type }) => type.startsWith("text/html"))
  if (html === undefined)
    throw new TinaError("internal", "cannot show the page: it was not built in")
  const others = named.filter((file) => file !== html)
  const files = others.map(({ name, type, body }) => {
    return [name, { type, body, gzip: Bun.gzipSync(body, { level: 9 }) }] as const
  })
  return { html: relative(new TextDecoder().decode(html.body)), files: new Map(files) }
}

async function embeddedFiles(): Promise<NamedFile[]> {
  const files = (page.files ?? []).map(async ({ path, headers }) => ({
    name: basename(path),
    type: headers["content-type"],
    body: await Bun.file(path).bytes(),
  }))
  return Promise.all(files)
}

async function bundledFiles(): Promise<NamedFile[]> {
  const { outputs } = await Bun.build({
    entrypoints: [page.index],
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  })
  const files = outputs.map(async (output) => ({
    name: basename(output.path),
    type: output.type,
    body: new Uint8Array(await output.arrayBuffer()),
  }))
  return Promise.all(files)
}

/** The names in the HTML without a leading slash, so that the page works below any path of a host. */
function relative(html: string): string {
  return html.replaceAll(/\b(src|href)="(?:\.?\/)([^"/]+)"/g, '$1="./$2"')
}
