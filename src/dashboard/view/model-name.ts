/** The short name of a model: the family, when the name holds a known one. */

const families = ["opus", "sonnet", "haiku"]

export function shortModel(model: string): string {
  return families.find((family) => model.toLowerCase().includes(family)) ?? model
}
