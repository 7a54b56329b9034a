/** What the daemon's thread and the deployment's thread say to each other. */
import type { ErrorCode } from "../base/errors.ts"
import type { FunctionLog } from "./engine/function-log.ts"
import type { InvalidDocument } from "./engine/migrate.ts"

export interface OpenRequest {
  readonly type: "open"
  readonly path: string
  /** Tried in turn until one is free; 0 is any. */
  readonly ports: readonly number[]
  readonly adminKey: string
  readonly version: string
  readonly redactErrors: boolean
  /** A 32-bit counter that the worker increases while it is alive, and the call that it runs. */
  readonly shared: SharedArrayBuffer
  /** Calls that have ended earlier threads. */
  readonly refused: readonly bigint[]
  readonly beatEveryMs: number
}

export interface CloseRequest {
  readonly type: "close"
}

export interface CollectRequest {
  readonly type: "collect"
}

export type WorkerRequest = OpenRequest | CloseRequest | CollectRequest

export type WorkerReport =
  | {
      readonly type: "ready"
      readonly port: number
      readonly invalidDocuments: readonly InvalidDocument[]
      readonly generation: string | undefined
    }
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string }
  | { readonly type: "log"; readonly log: FunctionLog }
  | { readonly type: "defect"; readonly message: string }
  | { readonly type: "closed" }
