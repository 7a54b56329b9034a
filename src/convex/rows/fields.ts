/** Fields of rows: compared before a write, and absent rather than undefined. */

type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T]

/** The same fields with those that may be undefined made optional. */
export type Present<T> = Expand<
  Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> }
>
type Expand<T> = { [K in keyof T]: T[K] }

/** Leaves out the fields that are undefined. */
export function present<T extends object>(fields: T): Present<T>
export function present(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Whether the fields agree, apart from Convex's own. An absent field equals an undefined one. */
export function sameFields(row: object, wanted: object): boolean {
  const left = new Map<string, unknown>(Object.entries(row))
  const right = new Map<string, unknown>(Object.entries(wanted))
  const names = new Set([...left.keys(), ...right.keys()])
  return [...names].every((name) => name.startsWith("_") || left.get(name) === right.get(name))
}
