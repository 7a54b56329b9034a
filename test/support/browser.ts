/**
 * A real browser for tests of the page: Debian's Chromium, driven without a download of our own. Where it
 * is not installed the tests that need it are skipped, and say how to install it.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { test } from "bun:test"
import type { Browser, BrowserContext, Page } from "playwright-core"

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

export const chromium = candidates.map((path) => Bun.which(path)).find((path) => path !== null)

/** `test`, or a skipped one where there is no browser. */
export function browserTest(name: string, run: () => Promise<void>, limitMs: number): void {
  if (chromium === undefined) test.skip(`${name} (no Chromium: apt-get install chromium)`, run)
  else test(name, run, limitMs)
}

/** Nothing that asks the network on its own. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
]

export interface TestBrowser extends AsyncDisposable {
  open(options?: ViewOptions): Promise<View>
}

export interface ViewOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: "light" | "dark"
  readonly isPhone?: boolean
  readonly reducedMotion?: boolean
}

export interface View {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page wrote as an error, and what it threw. */
  readonly problems: readonly string[]
  /** Every address that the page asked for. */
  readonly requests: readonly string[]
}

export async function openBrowser(): Promise<TestBrowser> {
  const { chromium: driver } = await import("playwright-core")
  const browser: Browser = await driver.launch({
    executablePath: chromium ?? "/usr/bin/chromium",
    args: flags,
  })
  return {
    open: (options = {}) => openView(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

async function openView(browser: Browser, options: ViewOptions): Promise<View> {
  const { width = 1440, height = 900, theme = "light", isPhone = false } = options
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    hasTouch: isPhone,
    isMobile: isPhone,
    deviceScaleFactor: isPhone ? 2 : 1,
    reducedMotion: options.reducedMotion === false ? "no-preference" : "reduce",
  })
  const page = await context.newPage()
  page.setDefaultTimeout(8_000)
  const problems: string[] = []
  const requests: string[] = []
  page.on("pageerror", (error) => problems.push(`thrown: ${error.message}`))
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`)
  })
  page.on("request", (request) => requests.push(request.url()))
  return { page, context, problems, requests }
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
)

/** What axe finds wrong with the page as it is now: "rule: the first element". */
export async function axeProblems(page: Page): Promise<string[]> {
  // By the debugger, which the page's policy on scripts does not bind.
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const axe: AxeLike = Reflect.get(globalThis, "axe")
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
  })
}

interface AxeLike {
  run(
    root: Document,
    options: object,
  ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}
