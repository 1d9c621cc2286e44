import type { OnProgress } from '../manager.ts'
import type { DockerCalls } from './docker-calls.ts'

/** What a change is made with. `generation` is the engine's major version. */
export interface Work {
  readonly calls: DockerCalls
  readonly generation: number
  readonly onProgress: OnProgress
  readonly signal: AbortSignal
}

/**
 * What was done, in words, and what takes it back (null where nothing can). Taking it back gives what the user should know
 * of it.
 */
export interface Change {
  readonly did: string
  readonly notes: readonly string[]
  readonly images?: readonly string[]
  readonly takeBack: ((work: Work) => Promise<readonly string[]>) | null
}
