/** What Convex has and the local deployment does not, said in words that a developer knows. */

const features: readonly (readonly [RegExp, string])[] = [
  [/storage/i, "File storage"],
  [/vectorSearch/, "Vector search"],
  [/createFunctionHandle|componentArgument/, "Components and function handles"],
  [/signJwt|createServiceToken|getServiceUrl/, "Signed tokens and Convex's services"],
  [/auditLog/, "Audit logging"],
]

/** The error of a system call that is not there. */
export function unsupported(operation: string): Error {
  const feature = features.find(([pattern]) => pattern.test(operation))?.[1] ?? operation
  return new Error(`${feature} is not supported by the local deployment`)
}
