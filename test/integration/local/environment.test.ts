/** In processes of their own, because the globals of a process are replaced once. */
import { expect, test } from "bun:test"
import { join } from "node:path"

const environment = join(import.meta.dir, "../../../src/local/engine/environment.ts")
const convex = `{ syscall: () => "theirs", asyncSyscall: async () => "theirs", jsSyscall: () => "theirs" }`

test.each([
  ["before", `globalThis.Convex = ${convex}; installEnvironment()`],
  ["after", `installEnvironment(); globalThis.Convex = ${convex}`],
])("a Convex that another library sets %s ours still answers code that is not ours", (_, set) => {
  const script = `
    import { installEnvironment } from ${JSON.stringify(environment)}
    ${set}
    console.log(globalThis.Convex.syscall("operation", "{}"))`
  const child = Bun.spawnSync([process.execPath, "-e", script])
  expect(child.stdout.toString().trim()).toBe("theirs")
})
