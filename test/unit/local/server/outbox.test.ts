import { expect, test } from "bun:test"
import { createOutbox } from "../../../../src/local/server/outbox.ts"
import { eventually } from "../../../support/eventually.ts"

const megabyte = 1024 * 1024

/** A socket whose client takes nothing until it is told to. */
function openSlow() {
  const sent: string[] = []
  let buffered = 0
  let idles = 0
  const outbox = createOutbox(
    {
      send: (text) => {
        sent.push(text.slice(0, 10))
        buffered += text.length
      },
      together: (body) => body(),
      buffered: () => buffered,
      close: () => undefined,
    },
    () => (idles += 1),
  )
  const read = () => {
    buffered = 0
    outbox.drained()
  }
  return { outbox, sent, read, buffered: () => buffered, idles: () => idles }
}

function* pieces(name: string, count: number, made: string[]): Generator<string> {
  for (let piece = 0; piece < count; piece += 1) {
    made.push(`${name}${piece}`)
    yield `${name}${piece}`.padEnd(megabyte, ".")
  }
}

test("a message is made piece by piece, as its reader takes it, and nothing stands between its pieces", async () => {
  const { outbox, sent, read, buffered, idles } = openSlow()
  const made: string[] = []
  outbox.send(pieces("a", 100, made))
  outbox.send(["b"])
  outbox.send(pieces("c", 20, made))
  await eventually(() => made.length === 9)
  expect(buffered()).toBeLessThan(10 * megabyte)
  expect(outbox.isBusy()).toBe(true)
  while (outbox.isBusy()) {
    read()
    expect(buffered()).toBeLessThan(10 * megabyte)
    await new Promise(setImmediate)
  }
  const names = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}${index}`)
  expect(sent.map((text) => text.replaceAll(".", ""))).toEqual([
    ...names("a", 100),
    "b",
    ...names("c", 20),
  ])
  expect(idles()).toBeGreaterThan(0)
})

test("a reader that is fast is sent a megabyte at a time all the same, so that others have their turn", async () => {
  const sent: number[] = []
  let turns = 0
  const count = () => {
    turns += 1
    if (sent.length < 10) setImmediate(count)
  }
  const outbox = createOutbox(
    {
      send: () => sent.push(turns),
      together: (body) => body(),
      buffered: () => 0,
      close: () => undefined,
    },
    () => undefined,
  )
  outbox.send(pieces("a", 10, []))
  setImmediate(count)
  await eventually(() => sent.length === 10)
  expect(new Set(sent).size).toBeGreaterThan(8)
})

test("what waits is forgotten when the socket is closed", async () => {
  const { outbox, sent, read } = openSlow()
  outbox.send(pieces("a", 100, []))
  await eventually(() => sent.length === 9)
  outbox.close()
  read()
  await new Promise(setImmediate)
  expect(sent.length).toBe(9)
})
