/** What a scraper reads from the running binary. */
import { expect, test } from "bun:test"
import { startDaemon } from "../../bench/running-daemon.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { eventually } from "../support/eventually.ts"
import { readExposition } from "../support/exposition.ts"
import { tmpHome } from "../support/tmp-home.ts"

const signal = () => AbortSignal.timeout(30_000)

test("the metrics tell how long a change took, over HTTP and as a method", async () => {
  await using home = await tmpHome()
  const tree = claudeTree(home.claudeDir)
  tree.team("t")
  tree.task("t", "1")
  await using daemon = await startDaemon(home, { signal: signal() })
  const { url } = await daemon.control.call("page.link")
  const isKnown = async () => (await daemon.control.call("daemon.status")).tasks === 1
  await eventually(isKnown)
  tree.task("t", "1", { status: "completed" })

  const scrape = async () => {
    const response = await fetch(new URL("/metrics", url))
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
    return readExposition(await response.text())
  }
  const families = await eventually(async () => {
    const read = await scrape()
    return count(read, "acknowledge") >= 3 && count(read, "promise") >= 1 && read
  })
  const samples = (name: string) => Object.fromEntries(families.get(name)?.samples ?? [])
  expect(samples("tina_daemon_tasks")).toEqual({ tina_daemon_tasks: 1 })
  expect(samples("tina_daemon_queue_jobs")).toMatchObject({
    'tina_daemon_queue_jobs{queue="outbox",state="ready"}': 0,
  })
  expect(samples("tina_daemon_service_restarts_total")).toMatchObject({
    'tina_daemon_service_restarts_total{service="sync"}': 0,
  })
  expect(samples("process_resident_memory_bytes")["process_resident_memory_bytes"]).toBeGreaterThan(
    1e7,
  )
  const { text } = await daemon.control.call("metrics")
  expect([...readExposition(text).keys()]).toEqual([...families.keys()])
}, 30_000)

function count(families: ReturnType<typeof readExposition>, what: string): number {
  const name = `tina_daemon_sync_${what}_duration_seconds`
  return families.get(name)?.samples.get(`${name}_count`) ?? 0
}
