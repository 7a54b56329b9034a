/** A host of static files that is not ours. */

/** A host that knows nothing of the page, with the files below `/sub/`. */
export function serveFiles(dir: string) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const name = new URL(request.url).pathname.replace(/^\/sub\//, "") || "index.html"
      const file = Bun.file(`${dir}/${name}`)
      return (await file.exists()) ? new Response(file) : new Response("", { status: 404 })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
