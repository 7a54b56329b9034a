/** What a promise rejects with. (`expect().rejects` is typed as no promise, so a forgotten await passes.) */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error("the promise did not reject")
}
