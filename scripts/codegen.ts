/**
 * Writes `src/convex/_generated` (what `npx convex dev` would write, byte for byte) and the static
 * import map `src/local/modules.ts`; with `--check` it writes nothing and exits 1 when one is stale.
 *
 * The Convex CLI generates only while it talks to a deployment, but its templates need none: this
 * script runs those of the installed `convex` package and formats them as the CLI does. The modules
 * of the CLI that would look for a deployment are replaced by the few answers the templates ask for.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { plugin } from "bun"
import { format } from "prettier"

interface ComponentTemplates {
  componentApiJs(): string
  componentApiDTS(...context: readonly unknown[]): Promise<string>
}

interface ServerTemplates {
  serverCodegen(options: object): { readonly JS: string; readonly DTS: string }
}

interface DataModelTemplates {
  dynamicDataModelDTS(): string
}

const root = join(import.meta.dir, "..")
const functions = join(root, "src/convex")
const templates = join(root, "node_modules/convex/dist/esm/cli/codegen_templates")

/** Every module that the CLI would deploy, as paths below `src/convex`. */
function modulePaths(): string[] {
  return [...new Bun.Glob("**/*.ts").scanSync({ cwd: functions })]
    .filter((path) => !path.startsWith("_generated/") && path !== "schema.ts")
    .sort()
}

/** Stands in for the parts of the CLI that read its configuration and its component tree. */
function replaceDeploymentModules(): void {
  const entries = JSON.stringify(modulePaths().map((path) => join(functions, path)))
  plugin({
    name: "convex-cli-without-deployment",
    setup(build) {
      build.onLoad({ filter: /dist\/esm\/bundler\/index\.js$/ }, () => ({
        contents: `export const entryPoints = async () => ${entries}`,
        loader: "js",
      }))
      build.onLoad({ filter: /directoryStructure\.js$/ }, () => ({
        contents: `export const toAbsolutePath = String; export const toComponentDefinitionPath = () => "root"`,
        loader: "js",
      }))
    },
  })
}

/** The templates are private to the CLI and carry no types; these are the parts used here. */
async function generatedFiles(): Promise<Record<string, string>> {
  replaceDeploymentModules()
  const api: ComponentTemplates = await import(join(templates, "component_api.js"))
  const server: ServerTemplates = await import(join(templates, "server.js"))
  const dataModel: DataModelTemplates = await import(join(templates, "dataModel.js"))
  const analysis = { root: { definition: { childComponents: [] } } }
  const component = { path: functions }
  const { JS, DTS } = server.serverCodegen({ useTypeScript: false, envVars: [] })
  return {
    "api.d.ts": await api.componentApiDTS({}, { analysis }, component, component, undefined, {}),
    "api.js": api.componentApiJs(),
    "dataModel.d.ts": dataModel.dynamicDataModelDTS(),
    "server.d.ts": DTS,
    "server.js": JS,
  }
}

function importMap(): string {
  const names = modulePaths().map((path) => path.replace(/\.ts$/, ""))
  const identifier = (name: string) => name.replaceAll("/", "_")
  const lines = [
    "/**",
    " * Every module of `src/convex` by the name that Convex gives it, imported statically so that the",
    " * bundler sees them. Written by scripts/codegen.ts; do not edit.",
    " */",
    ...names.map((name) => `import * as ${identifier(name)} from "../convex/${name}.ts"`),
    'import schema from "../convex/schema.ts"',
    "",
    "export const modules = {",
    ...names.map((name) =>
      name === identifier(name) ? `  ${name},` : `  "${name}": ${identifier(name)},`,
    ),
    "}",
    "",
    "export { schema }",
    "",
  ]
  return lines.join("\n")
}

async function wanted(): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const [name, text] of Object.entries(await generatedFiles())) {
    const formatted = await format(text, { parser: "typescript" })
    files.set(join(functions, "_generated", name), formatted)
  }
  const map = await format(importMap(), { parser: "typescript", printWidth: 100, semi: false })
  return files.set(join(root, "src/local/modules.ts"), map)
}

const stale = [...(await wanted())].filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text,
)
const checking = process.argv.includes("--check")
for (const [path, text] of stale) {
  if (!checking) writeFileSync(path, text)
  console.log(`${checking ? "stale" : "written"}: ${path.slice(root.length + 1)}`)
}
if (checking && stale.length > 0) {
  console.log("run: bun scripts/codegen.ts")
  process.exitCode = 1
}
