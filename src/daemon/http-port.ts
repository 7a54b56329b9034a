/**
 * The HTTP port as a service: it opens where the configuration says when it starts, so that a restart moves it. A
 * port that cannot be had keeps nothing else from working.
 */
import { aborted } from "../base/async.ts"
import { TinaError } from "../base/errors.ts"
import type { Section } from "../config/sections.ts"
import { type HttpServer, openHttp } from "../control/http.ts"
import { readPageAssets } from "../control/page-assets.ts"
import { createPageLinks } from "../control/page-links.ts"
import type { Router } from "../core/router.ts"
import type { Service } from "../core/service.ts"
import type { Ground } from "./ground.ts"
import { readOrCreateHttpToken } from "./http-token.ts"

export interface HttpPort {
  /** What is asked over HTTP goes to this router. */
  serve(router: Router): Service
  readonly uses: readonly Section[]
  /** Absent while the port is not open. */
  url(): string | undefined
  /** An address that opens the page once, signed in. TinaError `offline` while the port is not open. */
  link(): ReturnType<HttpServer["link"]>
}

/** TinaError `io` when the owner's token cannot be read or made. */
export async function wireHttp(ground: Ground, metrics: () => string): Promise<HttpPort> {
  const { config, clock, log, deployment } = ground
  const token = await readOrCreateHttpToken(config().paths.httpToken)
  log.hide(token)
  const deps = {
    log,
    assets: readPageAssets,
    links: createPageLinks({ now: clock.now }),
    session: () => ({ deploymentUrl: deployment.url, token: deployment.pageToken }),
    metrics,
    token,
  }
  let server: HttpServer | undefined
  return {
    serve: (router) => ({
      name: "http",
      async run({ signal, ready }) {
        await using opened = openHttp({ ...deps, router }, config().httpPort)
        server = opened
        log.debug("the page is served", { url: opened.url })
        ready()
        await aborted(signal)
        server = undefined
      },
    }),
    uses: ["http_port"],
    url: () => server?.url,
    link() {
      if (server !== undefined) return server.link()
      throw new TinaError("offline", "cannot make a link: the page is not served at present", {
        hint: "tina-daemon problems",
      })
    },
  }
}
