import { expect, test } from "bun:test"
import { join } from "node:path"
import { findChecksum } from "../../../src/system/checksum.ts"
import { failureOf } from "../../support/failure.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const sum = "a".repeat(64)
const other = "b".repeat(64)
const { signal } = new AbortController()
const noFetch = () => Promise.reject(new Error("no network"))

test("a sum that is given is taken as it is", async () => {
  expect(await findChecksum("/x", sum.toUpperCase(), { fetch: noFetch, signal })).toBe(
    sum.toUpperCase(),
  )
})

test("a sum is found by the name of the file: in a list that is given, or in the one beside it", async () => {
  await using home = await tmpHome()
  const release = join(home.path, "new.tar.gz")
  const list = join(home.path, "SHA256SUMS")
  await Bun.write(list, `${other}  new.tar.gz.sig\n${other}  other/new\n${sum} *new.tar.gz\n`)
  const deps = { fetch: noFetch, signal }
  expect(await findChecksum(release, undefined, deps)).toBe(sum)
  expect(await findChecksum("/elsewhere/new.tar.gz", list, deps)).toBe(sum)
  await Bun.write(list, `${sum}\n`)
  expect(await findChecksum(release, undefined, deps)).toBe(sum)
})

test("the list of a URL lies beside it", async () => {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    return new Response(`${sum}  new.tar.gz\n`)
  }
  const found = await findChecksum("https://example.test/v1/new.tar.gz?x=1", undefined, {
    fetch,
    signal,
  })
  expect(found).toBe(sum)
  expect(asked).toEqual(["https://example.test/v1/SHA256SUMS"])
})

test.each([
  ["a list without the file", `${other}  other\n`, "usage"],
  ["a list without sums", "hello  new\n", "usage"],
  ["an empty list", "", "usage"],
])("%s is refused", async (_, text, code) => {
  await using home = await tmpHome()
  await Bun.write(join(home.path, "SHA256SUMS"), text)
  const finding = findChecksum(join(home.path, "new"), undefined, { fetch: noFetch, signal })
  expect(await failureOf(finding)).toMatchObject({
    code,
    hint: expect.stringContaining("--sha256"),
  })
})

test("a list that cannot be had says why", async () => {
  const deps = { fetch: noFetch, signal }
  const file = await failureOf(findChecksum("/none/new", undefined, deps))
  expect(file).toMatchObject({ code: "io", message: expect.stringContaining("missing") })
  const url = await failureOf(findChecksum("https://example.test/new", undefined, deps))
  expect(url).toMatchObject({ code: "offline", message: expect.stringContaining("no network") })
  const fetch = async () => new Response(null, { status: 404 })
  const gone = await failureOf(
    findChecksum("https://example.test/new", undefined, { fetch, signal }),
  )
  expect(gone).toMatchObject({ code: "offline", message: expect.stringContaining("404") })
})
