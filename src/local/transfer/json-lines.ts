/** One JSON value to a line, from bytes that come in pieces. A line is bounded, so that no file can fill the memory. */
import type { Readable } from "node:stream"
import { reasonOf } from "../../base/errors.ts"
import { parseJson } from "../../base/json.ts"
import { refusal } from "../engine/failure.ts"

/** A document has at most 1 MiB as Convex counts it; escapes may make six times as much of it. */
const LONGEST_LINE = 8 * 1024 * 1024

/** `name` is what an error calls the file. */
export async function* readJsonLines(stream: Readable, name: string): AsyncGenerator {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let rest = ""
  let number = 0
  for await (const text of decoded(stream, decoder, name)) {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > LONGEST_LINE) throw refusal(`${name}, line ${number + 1}: it is too long`)
    for (const line of lines) {
      number += 1
      if (line.trim() !== "") yield parsed(line, `${name}, line ${number}`)
    }
  }
  if (rest.trim() !== "") yield parsed(rest, `${name}, line ${number + 1}`)
}

function parsed(line: string, place: string): unknown {
  const json = parseJson(line)
  if (json.ok) return json.value
  throw refusal(`${place}: it is not JSON: ${json.reason}`)
}

async function* decoded(
  stream: Readable,
  decoder: TextDecoder,
  name: string,
): AsyncGenerator<string> {
  try {
    for await (const bytes of stream as AsyncIterable<Uint8Array>) {
      yield decoder.decode(bytes, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    throw refusal(`${name} cannot be read: ${reasonOf(error)}`)
  }
}
