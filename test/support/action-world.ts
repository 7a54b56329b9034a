/** A deployment with an operator, and machines of one name that carry out what is asked with a stand-in command. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type ActionMachine, type MachineOptions, openActionMachine } from "./action-machine.ts"
import { createOperator, type Operator } from "./operator.ts"
import { openOwnDeployment, type OwnDeployment } from "./own-deployment.ts"
import { type StandInCommand, standInCommand } from "./stand-in-command.ts"
import { tmpHome } from "./tmp-home.ts"

export interface ActionWorld extends AsyncDisposable {
  readonly deployment: OwnDeployment
  readonly operator: Operator
  readonly command: StandInCommand
  /** The directory of a machine's store. */
  directory(name: string): string
  /** Each directory is a machine of its own; opened again, it is the same one. */
  machine(name: string, over?: MachineOptions["over"]): Promise<ActionMachine>
}

export async function actionWorld(): Promise<ActionWorld> {
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  const deployment = opened.use(await openOwnDeployment(home))
  const command = standInCommand(home.path)
  const { url, tokens } = deployment
  const operator = createOperator(url, tokens)
  const owned = opened.move()
  function directory(name: string): string {
    const dir = join(home.path, name)
    mkdirSync(dir, { recursive: true })
    return dir
  }
  return {
    deployment,
    operator,
    command,
    directory,
    machine(name, over = {}) {
      const dir = directory(name)
      return openActionMachine({ url, token: tokens.node, dir, command: command.path, over })
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The steps that a receipt has reached. */
export function stepsOf({
  steps,
}: {
  readonly steps: readonly { readonly step: string }[]
}): string[] {
  return steps.map(({ step }) => step)
}

/** What the result says, which is JSON text. */
export function resultOf({ result }: { readonly result?: string | undefined }): unknown {
  return JSON.parse(result ?? "null")
}
