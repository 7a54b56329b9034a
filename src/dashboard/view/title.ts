/** What a thing is called where there is little room. Pure. */

const sessionName = /^(session-[0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Claude Code calls an ad hoc team `session-` and a whole UUID; its first eight digits tell it apart. */
export function shortName(name: string): string {
  return sessionName.exec(name)?.[1] ?? name
}
