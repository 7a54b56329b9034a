/** A store in a temporary directory, that can be opened again as after a crash. */
import { join } from "node:path"
import { openStore, type Store } from "../../src/store/open.ts"
import { tmpHome } from "./tmp-home.ts"

export interface TmpStore extends AsyncDisposable {
  readonly path: string
  /** Opens the file once more; what was open before is left as a dead process leaves it. */
  reopen(): Store
}

/** `now` counts up by one with each question, so that times tell an order. */
export async function tmpStore(): Promise<TmpStore> {
  const home = await tmpHome()
  const path = join(home.path, "store.db")
  const stores: Store[] = []
  let time = 0
  return {
    path,
    reopen() {
      const store = openStore(path, { now: () => ++time })
      stores.push(store)
      return store
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}
