import { expect, test } from "bun:test"
import { createWatches, type Watch } from "../../../src/dashboard/live/watches.ts"

function source() {
  let result: unknown
  let reads = 0
  const callbacks = new Set<() => void>()
  const watch: Watch = {
    onUpdate(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    localQueryResult() {
      reads += 1
      if (result instanceof Error) throw result
      return result
    },
  }
  return {
    watch,
    reads: () => reads,
    followers: () => callbacks.size,
    set(next: unknown) {
      result = next
      for (const callback of callbacks) callback()
    },
  }
}

function setUp(keys: readonly string[]) {
  const frames: (() => void)[] = []
  const sources = new Map(keys.map((key) => [key, source()] as const))
  const wanted = new Map([...sources].map(([key, { watch }]) => [key, watch] as const))
  const toValue = (result: unknown) => ({ result })
  const watches = createWatches({ toValue, schedule: (work) => frames.push(work) })
  let told = 0
  const follow = (wanted: ReadonlyMap<string, Watch>) => watches.follow(wanted, () => (told += 1))
  const drawFrame = () => {
    for (const work of frames.splice(0)) work()
  }
  const of = (key: string) => {
    const found = sources.get(key)
    if (found === undefined) throw new Error(`there is no ${key}`)
    return found
  }
  return { watches, wanted, follow, drawFrame, of, told: () => told }
}

test("what changed is read alone, and told once however much changed before the frame", () => {
  const { watches, wanted, follow, drawFrame, of, told } = setUp(["a", "b", "c"])
  follow(wanted)
  const before = watches.current(wanted)
  expect(watches.current(wanted)).toBe(before)
  of("a").set(1)
  of("a").set(2)
  of("b").set(3)
  expect(told()).toBe(0)
  drawFrame()
  expect(told()).toBe(1)
  const after = watches.current(wanted)
  expect([...after.values()].map(({ result }) => result)).toEqual([2, 3, undefined])
  expect(after.get("c")).toBe(before.get("c") ?? { result: 0 })
  expect(["a", "b", "c"].map((key) => of(key).reads())).toEqual([2, 2, 1])
})

test("what is still wanted stays followed when others come and go, and nothing after the end", () => {
  const { watches, wanted, follow, of } = setUp(["a", "b"])
  follow(wanted)
  const { watch } = of("a")
  const d = source()
  follow(
    new Map([
      ["a", watch],
      ["d", d.watch],
    ]),
  )
  expect([of("a").followers(), of("b").followers(), d.followers()]).toEqual([1, 0, 1])
  watches.end()
  expect([of("a").followers(), d.followers()]).toEqual([0, 0])
})

test("what a query throws is a value, and nobody is told who no longer listens", () => {
  const { watches, wanted, follow, drawFrame, of, told } = setUp(["a"])
  const unfollow = follow(wanted)
  of("a").set(new Error("refused"))
  unfollow()
  drawFrame()
  expect(told()).toBe(0)
  expect(watches.current(wanted).get("a")?.result).toEqual(new Error("refused"))
})
