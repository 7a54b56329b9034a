/**
 * What a search finds while somebody writes: the newest of everything at once, and older tasks page by page when they
 * are asked for, because reading all of them costs.
 */
import type { FunctionReturnType } from "convex/server"
import { useEffect, useRef, useState } from "react"
import { api } from "../../convex/_generated/api.js"
import { failure, useAsk } from "./use-live.ts"

export type Hit = FunctionReturnType<typeof api.search.search>[number]
export type OlderState = "possible" | "looking" | "done"

export interface Hits {
  readonly hits: readonly Hit[]
  readonly problem: string | undefined
  readonly older: { readonly state: OlderState; readonly look: () => void }
}

/** Typing on within this time asks once. */
const pauseMs = 120
const mostHits = 60
const pageSize = 2000
const mostPages = 20

interface Found {
  readonly hits: readonly Hit[]
  readonly older: OlderState
  readonly problem?: string
}

const nothing: Found = { hits: [], older: "done" }

export function useHits(text: string): Hits {
  const ask = useAsk(api.search.search)
  const askTasks = useAsk(api.search.searchTasks)
  const [found, setFound] = useState(nothing)
  const turn = useRef(0)
  const query = text.trim()

  useEffect(() => {
    const own = ++turn.current
    if (query.length < 2) return setFound(nothing)
    const show = (next: Found) => {
      if (own === turn.current) setFound(next)
    }
    const timer = setTimeout(() => {
      ask({ text: query }).then(
        (hits) => show({ hits, older: "possible" }),
        (error: unknown) => show({ ...nothing, problem: failure(error).reason }),
      )
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [query])

  async function readOlder(own: number, known: readonly Hit[]): Promise<void> {
    let hits = known
    let cursor: string | null = null
    for (let page = 0; page < mostPages && hits.length < mostHits; page++) {
      const paginationOpts: { numItems: number; cursor: string | null } = {
        numItems: pageSize,
        cursor,
      }
      const result = await askTasks({ text: query, paginationOpts })
      if (own !== turn.current) return
      const ids = new Set(hits.map(({ id }) => id))
      hits = [...hits, ...result.page.filter(({ id }) => !ids.has(id))].slice(0, mostHits)
      setFound({ hits, older: "looking" })
      if (result.isDone) break
      cursor = result.continueCursor
    }
    setFound({ hits, older: "done" })
  }

  const look = () => {
    const own = turn.current
    const { hits } = found
    setFound({ hits, older: "looking" })
    readOlder(own, hits).catch((error: unknown) => {
      if (own === turn.current)
        setFound({ hits, older: "possible", problem: failure(error).reason })
    })
  }
  return { hits: found.hits, problem: found.problem, older: { state: found.older, look } }
}
