/** Documents that are to be imported, by table, wherever they come from. */

export interface TableSource {
  readonly name: string
  /** The number that its ids carry, if it is known. */
  readonly number?: number | undefined
  /** What should be documents, in order; may be read more than once. Throws a refusal where it cannot be read. */
  readonly documents: () => AsyncIterable<unknown>
}

const LONGEST_NAME = 64

/** A name that an app may give to a table. */
export function isTableName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && name.length <= LONGEST_NAME
}
