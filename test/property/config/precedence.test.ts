import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { layerSettings } from "../../../src/config/layers.ts"

const maybe = fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined })

/** The four places of a node's name, strongest first. */
const places = fc.record({ flag: maybe, environment: maybe, profile: maybe, file: maybe })
/** What a place says that has no name for the node. */
const nothing = fc.constantFrom("", undefined)

test("the strongest place that says something wins, and is named as the source", () => {
  fc.assert(
    fc.property(places, nothing, fc.constantFrom("prod", "dev"), (given, nothing, profile) => {
      const { table, sources } = layerSettings({
        flags: { env: profile, nodeName: given.flag ?? nothing },
        around: {
          env: { TINA_NODE_NAME: given.environment ?? nothing },
          platform: "linux",
          home: "/",
          hostname: "h",
        },
        file: {
          path: "/config.toml",
          text: "",
          table: {
            ...(given.file !== undefined && { node_name: given.file }),
            ...(given.profile !== undefined && { [profile]: { node_name: given.profile } }),
            [profile === "prod" ? "dev" : "prod"]: { node_name: "of the other profile" },
          },
        },
      })
      const strongest = Object.entries(given).find(([, value]) => value !== undefined)
      expect(table["node_name"]).toBe(strongest?.[1])
      expect<string | undefined>(sources.get("node_name")?.from).toBe(strongest?.[0])
    }),
  )
})
