import { expect, test } from "bun:test"
import { join } from "node:path"
import { connectRaw, openTestSocket } from "../../support/control-socket.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { testStatus } from "../../support/handlers.ts"

/** Sends each line and compares the one answer to it; `undefined` means that none may come. */
async function replay(transcript: readonly (readonly [string, unknown])[]): Promise<void> {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  for (const [line] of transcript) client.send(`${line}\n`)
  client.halfClose()
  const expected = transcript.flatMap(([, answer]) => (answer === undefined ? [] : [answer]))
  // Answers to JSON-RPC requests may overtake each other, those without an id keep their order.
  const answers = await client.rest()
  expect(answers).toHaveLength(expected.length)
  for (const answer of expected) expect(answers).toContainEqual(answer)
}

const rpcError = (id: unknown, code: number, message?: string) => ({
  jsonrpc: "2.0",
  id,
  error: expect.objectContaining(message === undefined ? { code } : { code, message }),
})

test("JSON-RPC requests, notifications and batches are answered as the specification says", async () => {
  await replay([
    [
      '{"jsonrpc":"2.0","method":"ping","id":1}',
      { jsonrpc: "2.0", id: 1, result: { pong: true, timestamp: expect.any(String) } },
    ],
    [
      '{"jsonrpc":"2.0","method":"daemon.status","params":{},"id":"two"}',
      { jsonrpc: "2.0", id: "two", result: testStatus },
    ],
    ['{"jsonrpc":"2.0","method":"ping"}', undefined],
    ['{"jsonrpc":"2.0","method":"no.such.method"}', undefined],
    ['{"jsonrpc":"2.0","method":"foo","id":3}', rpcError(3, -32601, "Method not found: foo")],
    ['{"jsonrpc":"2.0","method":"tasks.get","id":4}', rpcError(4, -32602)],
    [
      '{"jsonrpc":"2.0","method":"tasks.get","params":{"team":{},"id":"1"},"id":5}',
      rpcError(5, -32602),
    ],
    ['{"jsonrpc":"2.0","method":"ping","params":[],"id":6}', expect.objectContaining({ id: 6 })],
    ['{"jsonrpc":"2.0","method":"ping","params":[1],"id":7}', rpcError(7, -32602)],
    [
      "{not json",
      { jsonrpc: "2.0", id: null, error: { code: -32700, message: expect.any(String) } },
    ],
    ["[]", rpcError(null, -32600, "Invalid Request: empty batch")],
    ["[1]", [rpcError(null, -32600)]],
    [
      '[{"jsonrpc":"2.0","method":"ping","id":8},{"jsonrpc":"2.0","method":"ping"},7]',
      [expect.objectContaining({ id: 8 }), rpcError(null, -32600)],
    ],
    ['[{"jsonrpc":"2.0","method":"ping"}]', undefined],
  ])
})

test("what is no request gets one error, and the connection goes on", async () => {
  await replay([
    ['{"method":"ping","id":1}', rpcError(1, -32600, "Invalid Request: missing jsonrpc 2.0")],
    ['{"jsonrpc":"1.0","method":"ping","id":2}', rpcError(2, -32600)],
    ['{"jsonrpc":"2.0","id":3}', rpcError(3, -32600, "Invalid Request: missing method")],
    ['{"jsonrpc":"2.0","method":"ping","id":{}}', rpcError(null, -32600)],
    ["null", rpcError(null, -32600)],
    ["7", rpcError(null, -32600)],
    ['"text"', rpcError(null, -32600)],
    ["{}", rpcError(null, -32600)],
    ['{"jsonrpc":"2.0","method":"ping","id":null}', expect.objectContaining({ id: null })],
  ])
})

test("Orchestra's commands are answered in order and in its own shape", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  const ask = async (line: string) => {
    client.send(`${line}\n`)
    return await client.next()
  }
  expect(await ask('{"cmd":"status"}')).toEqual({
    ok: true,
    data: {
      running: true,
      label: "dev.tina.daemon",
      socket: server.path,
      projects_root: join(home.path, "projects"),
      started_at_unix: Date.parse(testStatus.startedAt) / 1000,
      last_sync_at_unix: 0,
      codebase_count: 0,
      codebases: [],
      codebase_names: [],
    },
  })
  expect(await ask('{"cmd":"sync","extra":1}')).toEqual({
    ok: true,
    data: {
      target: "all",
      source: "socket",
      duration_ms: expect.any(Number),
      codebases: [],
      written: 0,
      unchanged: 0,
    },
  })
  expect(await ask('{"cmd":"sync","codebase":"nope"}')).toEqual({
    ok: false,
    error: "registry error: no codebase 'nope'",
  })
  expect(await ask('{"cmd":"bogus"}')).toEqual({ ok: false, error: "unknown command 'bogus'" })
  expect(await ask("garbage")).toEqual({
    ok: false,
    error: expect.stringMatching(/^invalid request JSON: /),
  })
  expect(await ask("{}")).toEqual({
    ok: false,
    error: "invalid request JSON: missing field `cmd`",
  })
  expect(await ask('{"jsonrpc":"2.0","method":"ping","id":1}')).toMatchObject({ id: 1 })
  expect(await ask("garbage")).toMatchObject({ id: null, error: { code: -32700 } })
})

test("the connection closes after Orchestra's stop", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send('{"cmd":"stop"}\n{"cmd":"status"}\n')
  expect((await client.rest())[0]).toEqual({ ok: true, data: { stopping: true } })
})

test("an Orchestra command waits for what was asked before it", async () => {
  await using home = await tmpHome()
  const finish = Promise.withResolvers<void>()
  await using server = await openTestSocket(home.path, {
    handlers: {
      "problems.list": async () => {
        await finish.promise
        return { problems: [] }
      },
    },
  })
  await using client = await connectRaw(server.path)
  client.send('{"jsonrpc":"2.0","id":1,"method":"problems.list"}\n')
  client.send('{"jsonrpc":"2.0","id":2,"method":"ping"}\n{"cmd":"status"}\n')
  expect(await client.next()).toMatchObject({ id: 2 })
  finish.resolve()
  expect(await client.next()).toMatchObject({ id: 1 })
  expect(await client.next()).toMatchObject({ ok: true })
})
