import { expect, test } from "bun:test"
import { chmod, mkdir, readdir, readlink, stat, symlink } from "node:fs/promises"
import { join } from "node:path"
import {
  ensurePrivateDirectory,
  readFileLimited,
  resolveInside,
  writeFileAtomic,
} from "../../../src/base/files.ts"
import { failureOf } from "../../support/failure.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test("writeFileAtomic() writes a private file and leaves no temporary one", async () => {
  await using home = await tmpHome()
  const dir = await ensurePrivateDirectory(home.stateDir)
  const path = join(dir, "daemon.json")
  await writeFileAtomic(path, "one")
  await writeFileAtomic(path, "two")
  expect(await Bun.file(path).text()).toBe("two")
  expect(await modeOf(path)).toBe(0o600)
  expect(await readdir(dir)).toEqual(["daemon.json"])
})

test("writeFileAtomic() sets the mode that is asked for, whatever the umask", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "page.html")
  await writeFileAtomic(path, "x", { mode: 0o666 })
  expect(await modeOf(path)).toBe(0o666)
})

test("writeFileAtomic() keeps a link and replaces what it names", async () => {
  await using home = await tmpHome()
  const [target, link] = [join(home.path, "target"), join(home.path, "link")]
  await Bun.write(target, "old")
  await symlink(target, link)
  await writeFileAtomic(link, "new")
  expect(await readlink(link)).toBe(target)
  expect(await Bun.file(target).text()).toBe("new")
})

test("writeFileAtomic() names the file that it cannot write, and cleans up", async () => {
  await using home = await tmpHome()
  await mkdir(join(home.path, "taken", "inside"), { recursive: true })
  const writing = writeFileAtomic(join(home.path, "taken"), "x")
  expect(await failureOf(writing)).toMatchObject({
    code: "io",
    message: expect.stringMatching(/^cannot write .*taken: /),
  })
  const hidden = (await readdir(home.path)).filter((name) => name.endsWith(".tmp"))
  expect(hidden).toEqual([])
})

test("readFileLimited() tells a missing, a large and a strange file apart", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "task.json")
  expect(readFileLimited(path, 4)).toEqual({ status: "missing" })
  await Bun.write(path, "1234")
  expect(readFileLimited(path, 4)).toMatchObject({ status: "read" })
  expect(readFileLimited(path, 3)).toEqual({ status: "too_large", limit: 3 })
  expect(readFileLimited(join(path, "below"), 4)).toEqual({ status: "missing" })
  expect(readFileLimited(home.path, 4)).toMatchObject({ status: "unreadable", code: "NOT_A_FILE" })
})

test("readFileLimited() does not wait for the writer of a pipe", async () => {
  await using home = await tmpHome()
  const pipe = join(home.path, "pipe")
  Bun.spawnSync(["mkfifo", pipe])
  expect(readFileLimited(pipe, 4)).toMatchObject({ status: "unreadable", code: "NOT_A_FILE" })
})

test("readFileLimited() gives exactly the bytes of the file", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "bytes")
  const bytes = crypto.getRandomValues(new Uint8Array(40_000))
  await Bun.write(path, bytes)
  const outcome = readFileLimited(path, 1_000_000)
  if (outcome.status !== "read") throw new Error(outcome.status)
  expect(Buffer.compare(outcome.bytes, bytes)).toBe(0)
})

test("readFileLimited() reads files whose size the system does not know", () => {
  expect(readFileLimited("/proc/self/status", 1_000_000)).toMatchObject({ status: "read" })
  expect(readFileLimited("/proc/self/status", 10)).toMatchObject({ status: "too_large" })
})

test("ensurePrivateDirectory() closes a directory that was open to others", async () => {
  await using home = await tmpHome()
  await mkdir(home.stateDir, { recursive: true })
  await chmod(home.stateDir, 0o755)
  expect(await ensurePrivateDirectory(home.stateDir)).toBe(home.stateDir)
  expect(await modeOf(home.stateDir)).toBe(0o700)
})

test("ensurePrivateDirectory() refuses a path that is a file", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "file")
  await Bun.write(path, "x")
  expect(await failureOf(ensurePrivateDirectory(path))).toMatchObject({ code: "io" })
})

test("resolveInside() is not fooled by a link or by a name that only starts the same", async () => {
  await using home = await tmpHome()
  const root = join(home.path, "root")
  await mkdir(join(root, "a"), { recursive: true })
  await mkdir(join(home.path, "root-2"))
  await symlink(home.path, join(root, "out"))
  expect(await resolveInside(root, root)).toMatchObject({ status: "inside" })
  expect(await resolveInside(root, join(root, "a"))).toMatchObject({ status: "inside" })
  expect(await resolveInside(root, join(root, "out", "root-2"))).toMatchObject({
    status: "outside",
  })
  expect(await resolveInside(root, join(root, "..", "root-2"))).toMatchObject({ status: "outside" })
  expect(await resolveInside(root, join(root, "b"))).toEqual({ status: "missing" })
})
