import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import { createCounter, createHistogram, formatMetrics } from "../../../src/core/metrics.ts"
import { readExposition } from "../../support/exposition.ts"

describe("formatMetrics()", () => {
  test("writes help, type and samples as the format has them", () => {
    const samples = [{ labels: { queue: "outbox", state: "ready" }, value: 3 }, { value: 0.5 }]
    const text = formatMetrics([{ name: "jobs", help: "Jobs.", type: "gauge", samples }])
    expect(text).toBe(
      '# HELP jobs Jobs.\n# TYPE jobs gauge\njobs{queue="outbox",state="ready"} 3\njobs 0.5\n',
    )
  })

  test("leaves out a family that has no samples", () => {
    expect(formatMetrics([{ name: "jobs", help: "Jobs.", type: "gauge", samples: [] }])).toBe("")
  })

  test("can be read whatever labels and help hold, and gives the values back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), fc.double(), (label, help, value) => {
        const samples = [{ labels: { label }, value }]
        const text = formatMetrics([{ name: "a", help: `H ${help}`, type: "gauge", samples }])
        const [read] = readExposition(text).get("a")?.samples.values() ?? []
        // The format has no negative zero.
        expect(read).toEqual(value + 0)
      }),
    )
  })
})

describe("createHistogram()", () => {
  test("counts each duration in every bucket that is wide enough", () => {
    const histogram = createHistogram({
      name: "took_seconds",
      help: "How long.",
      buckets: [0.1, 1],
    })
    for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe(seconds)
    const { samples } =
      readExposition(formatMetrics([histogram.family()])).get("took_seconds") ?? {}
    expect(Object.fromEntries(samples ?? [])).toEqual({
      'took_seconds_bucket{le="0.1"}': 2,
      'took_seconds_bucket{le="1"}': 3,
      'took_seconds_bucket{le="+Inf"}': 4,
      took_seconds_sum: 7.65,
      took_seconds_count: 4,
    })
  })

  test("takes a duration that the clock made negative for none", () => {
    const histogram = createHistogram({ name: "took_seconds", help: "How long.", buckets: [1] })
    histogram.observe(-3600)
    expect(histogram.family().samples.map(({ value }) => value)).toEqual([1, 1, 0, 1])
  })
})

describe("createCounter()", () => {
  test("shows what it knows of before it happens, and what nobody foresaw", () => {
    const options = { name: "ends_total", help: "Ends.", label: "outcome", known: ["good", "bad"] }
    const counter = createCounter(options)
    counter.count("good")
    counter.count("odd")
    const { samples } = readExposition(formatMetrics([counter.family()])).get("ends_total") ?? {}
    expect(Object.fromEntries(samples ?? [])).toEqual({
      'ends_total{outcome="good"}': 1,
      'ends_total{outcome="bad"}': 0,
      'ends_total{outcome="odd"}': 1,
    })
  })
})
