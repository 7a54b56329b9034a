/** The design that an orchestration carries out: a document on this machine, or a spec known by its id. */
import { existsSync, realpathSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { TinaError } from "../../base/errors.ts"

export interface Spec {
  /** The document's real path, or `convex://ID`. */
  readonly document: string
  readonly id?: string
  /** How the orchestrate skill is told of it. */
  readonly argument: string
}

export interface SpecChoice {
  readonly paths: readonly (string | undefined)[]
  readonly id: string | undefined
}

/** TinaError `usage` unless exactly one is given, `not_found` if the document is not there. */
export function chooseSpec(cwd: string, { paths, id }: SpecChoice): Spec {
  const [path, ...others] = paths.filter((given) => given !== undefined)
  if (others.length > 0 || (path === undefined) === (id === undefined)) {
    throw new TinaError("usage", "cannot begin: give exactly one of --spec-doc and --spec-id", {
      hint: "tina-session init --help",
    })
  }
  if (path !== undefined) return specDocument(resolve(cwd, path))
  return {
    document: `convex://${id}`,
    argument: `--spec-id ${id}`,
    ...(id === undefined ? {} : { id }),
  }
}

function specDocument(path: string): Spec {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new TinaError(
      "not_found",
      `cannot read the design document ${path}: there is no such file`,
    )
  }
  const document = realpathSync(path)
  return { document, argument: document }
}
