/** What a manager works on, and what it could take back or do again, in words (`network my-net removed`). */
export interface ManagerInfo {
  readonly kind: 'docker' | 'sandbox'
  /** 20, 28, 29: what an option needs can be told from it. 0 when unknown. */
  readonly generation: number
  readonly undo: string | null
  readonly redo: string | null
  /** What is not to be had here and why, one sentence each (`a sandbox has no logs`). */
  readonly lacks: readonly string[]
}

/** A local image. */
export interface ImageInfo {
  readonly id: string
  /** `nginx:1.27`; empty for one without a name. */
  readonly tags: readonly string[]
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly created: string
  /** `80/tcp`. */
  readonly exposes: readonly string[]
  /** Names of the containers that were made of it. */
  readonly usedBy: readonly string[]
}

export type ObjectKind = 'network' | 'container' | 'image'

/** One field of an object that matters to networking, in words. */
export interface ExplainedField {
  /** Path in the raw JSON: `HostConfig.NetworkMode`. */
  readonly path: string
  readonly label: string
  readonly value: string
  readonly explanation: string
}

/** An object as Docker's API gives it, and what it means. */
export interface Inspected {
  readonly kind: ObjectKind
  readonly name: string
  /** Indented JSON. */
  readonly raw: string
  readonly fields: readonly ExplainedField[]
}
