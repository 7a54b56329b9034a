/**
 * Which history a deployment's file has: another one after a restore or an import, so that whoever remembers what it sent there
 * knows to send it again. A file that never had either has none.
 */
import type { Facts } from "../storage/facts.ts"

const GENERATION = "generation"

export function readGeneration(facts: Facts): string | undefined {
  return facts.get(GENERATION)
}

export function newGeneration(facts: Facts): void {
  facts.set(GENERATION, crypto.randomUUID())
}
