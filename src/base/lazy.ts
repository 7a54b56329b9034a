/** Values that cost something to make and that most runs of the program do not need. */

/** What `make` makes: made when it is first asked for, and then the same each time. */
export function lazy<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
