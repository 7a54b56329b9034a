/**
 * How documents wait for the deployment. A document that can be said again waits once, as its newest; the
 * transitions of a task and events are history and each waits for itself. An ending waits behind
 * what it ends, and is taken back when the thing returns before it was sent.
 */
import { documentSchema, type Document } from "../model/document.ts"
import type { Queue, QueueDefinition } from "../store/jobs.ts"

export const outboxQueue: QueueDefinition<Document> = {
  name: "outbox",
  delivery: "at_least_once",
  payload: documentSchema,
}

export type Outbox = Queue<Document>
/** The part of the outbox that documents are put into. */
export type Enqueueing = Pick<Outbox, "put" | "append" | "withdraw">

/** `key`: of the value that the document puts or ends. */
export function enqueue(outbox: Enqueueing, key: string, document: Document): void {
  switch (document.kind) {
    case "task":
    case "event":
      outbox.append(document)
      return
    case "end":
      outbox.put(endKey(key), document)
      return
    default:
      outbox.withdraw(endKey(key))
      outbox.put(key, document)
  }
}

function endKey(key: string): string {
  return `end:${key}`
}
