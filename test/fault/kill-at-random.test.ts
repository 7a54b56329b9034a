/** kill -9 at random moments while many actions are carried out: none runs twice, each has an end, and order stays. */
import { expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { startDaemon } from "../../bench/running-daemon.ts"
import type { Id } from "../../src/convex/_generated/dataModel"
import { createOperator } from "../support/operator.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { standInCommand } from "../support/stand-in-command.ts"
import { tmpHome } from "../support/tmp-home.ts"

const kills = Number(process.env["TINA_KILLS"] ?? 10)
const orchestrations = 4
const actionsOfEach = 40

test(`${kills} kills while ${orchestrations * actionsOfEach} actions are carried out`, async () => {
  await using home = await tmpHome()
  await using deployment = await openOwnDeployment(home)
  const command = standInCommand(home.path)
  const operator = createOperator(deployment.url, deployment.tokens)
  const nodeId = await operator.register("box")
  const idsByFeature = new Map<string, Id<"inboundActions">[]>()
  for (let n = 0; n < orchestrations; n++) {
    const [feature, dir] = [`f${n}`, join(home.path, `f${n}`)]
    mkdirSync(dir)
    const orchestrationId = await operator.orchestration(nodeId, dir, feature)
    const ids: Id<"inboundActions">[] = []
    for (let phase = 1; phase <= actionsOfEach; phase++) {
      const asked = { nodeId, orchestrationId, type: "approve_plan" as const }
      ids.push(await operator.submit(asked, { feature, phase: String(phase) }))
    }
    idsByFeature.set(feature, ids)
  }

  const settings = `${deployment.settings}[actions]\ncommand = ["${command.path}"]\n`
  const start = () => startDaemon(home, { signal: AbortSignal.timeout(60_000), settings, args: [] })
  for (let kill = 0; kill < kills; kill++) {
    const daemon = await start()
    await Bun.sleep(Math.random() * 400)
    process.kill(daemon.pid, "SIGKILL")
    await daemon.stop()
  }
  await using _last = await start()

  const ends = new Map<string, string>()
  for (const id of [...idsByFeature.values()].flat()) {
    ends.set(id, (await operator.finished(id, 60_000)).status)
  }
  const ran = command.ran().map((line) => line.split("--key=")[1] ?? "")
  expect(new Set(ran).size).toBe(ran.length)
  const completed = [...ends].flatMap(([id, status]) => (status === "completed" ? [id] : []))
  expect(completed.filter((id) => !ran.includes(id))).toEqual([])
  const unsure = [...ends].filter(([, status]) => status !== "completed")
  expect(unsure.filter(([, status]) => status !== "unknown")).toEqual([])
  expect(unsure.length).toBeLessThanOrEqual(kills * orchestrations)
  for (const ids of idsByFeature.values()) {
    const places = ids.map((id) => ran.indexOf(id)).filter((place) => place !== -1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  }
}, 180_000)
