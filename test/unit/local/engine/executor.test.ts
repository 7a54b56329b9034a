import { expect, test } from "bun:test"
import { setImmediate } from "node:timers/promises"
import { createExecutor } from "../../../../src/local/engine/executor.ts"
import { usualSlices } from "../../../../src/local/engine/turn.ts"
import { openDatabase } from "../../../../src/local/storage/database.ts"

/** An executor over an empty database, and what happened in it, in order. */
function openTrace({ mayPause = false } = {}) {
  const { database } = openDatabase(":memory:")
  const events: string[] = []
  const executor = createExecutor({
    database,
    beforeCommit: () => events.push("commit"),
    committed: () => Promise.resolve(void events.push("committed")),
    readsDone: () => Promise.resolve(void events.push("reads done")),
    writesMustWait: () => false,
    slices: mayPause ? { ...usualSlices, writeMs: 0 } : usualSlices,
    abandoned: () => events.push("abandoned"),
    onDefect: (error) => events.push(`defect ${String(error)}`),
  })
  const write = (name: string, session?: object, fails = false) =>
    executor.write({
      session,
      mayPause: () => mayPause,
      run: async (turn) => {
        events.push(name)
        for (let pause = 0; pause < 5; pause += 1) await turn.pause()
        return await (fails ? Promise.reject(new Error(name)) : Promise.resolve())
      },
      settle: (problem) => events.push(`${name} ${problem === undefined ? "kept" : "lost"}`),
    })
  const read = (name: string, session?: object) =>
    executor.read({
      session,
      begin: () => {
        events.push(name)
        return Promise.resolve(true)
      },
    })
  return { events, write, read, idle: executor.idle }
}

test("writes that wait together share one commit, and nobody is answered before it", async () => {
  const { events, write, idle } = openTrace()
  for (const name of ["w1", "w2"]) write(name)
  await idle()
  expect(events).toEqual(["w1", "w2", "commit", "w1 kept", "w2 kept", "committed"])
})

test("a read between writes runs after their commit", async () => {
  const { events, write, read, idle } = openTrace()
  write("w1")
  read("r")
  write("w2")
  await idle()
  const written = ["w1", "w2", "commit", "w1 kept", "w2 kept", "committed"]
  expect(events).toEqual([...written, "r", "reads done"])
})

test("one session's read comes before its own later write", async () => {
  const { events, write, read, idle } = openTrace()
  const session = {}
  write("w1", session)
  read("r", session)
  write("w2", session)
  await idle()
  expect(events.filter((event) => /^(w1|r|w2)$/.test(event))).toEqual(["w1", "r", "w2"])
})

test("when the batch cannot be kept, everyone in it is told, and the next one goes on", async () => {
  const { events, write, idle } = openTrace()
  write("w1")
  write("w2", undefined, true)
  await idle()
  write("w3")
  await idle()
  const lost = ["w1", "w2", "abandoned", "w1 lost", "w2 lost"]
  expect(events).toEqual([...lost, "w3", "commit", "w3 kept", "committed"])
})

test("reads that ran beside a write are followed up though it is lost", async () => {
  const { events, write, read, idle } = openTrace({ mayPause: true })
  write("w1", undefined, true)
  await setImmediate()
  read("r")
  await idle()
  expect(events).toEqual(["w1", "r", "abandoned", "w1 lost", "reads done"])
})
