import type { Failure } from '../../protocol/contract.ts'

interface RawError {
  readonly code?: string
  /** What Node was at, and with which file; `connect` for a socket's own. */
  readonly syscall?: string
  readonly path?: string
  readonly statusCode?: number
  readonly message?: string
  readonly json?: { readonly message?: unknown } | null
  readonly level?: string
}

/** What work with an engine is rejected with that is lost meanwhile; its message is a sentence that says so. */
export class EngineGone extends Error {
  readonly code = 'engine-gone'
}

/** What a call is rejected with that the engine has left unanswered for so many milliseconds. */
export class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT'
  readonly milliseconds: number

  constructor(milliseconds: number) {
    super('no answer')
    this.milliseconds = milliseconds
  }
}

/** The engine's own status for an error of a call, or null when the call did not reach it. */
export function statusOf(error: unknown): number | null {
  return (error as RawError).statusCode ?? null
}

/** Returns what the engine itself said about a refused call, without dockerode's wrapping, on one line. */
export function reasonOf(error: unknown): string {
  const raw = error as RawError
  const said = raw.json?.message
  const text = typeof said === 'string' ? said : (raw.message ?? String(error))
  return text.replace(/\s+/g, ' ').trim()
}

const START = 'start Docker, or restart it where it hangs, or name another engine with --docker-host or --context'

/** Turns an error of a call to the engine into a failure that says what to do; a file of Hopwire's own is no engine that is away. */
export function failureOf(error: unknown, label: string): Failure {
  if (error instanceof EngineGone) return { code: 'engine-unreachable', message: error.message, hint: START }
  if (error instanceof NoAnswer) {
    const message = `the Docker engine at ${label} has not answered for ${error.milliseconds / 1000} s`
    return { code: 'engine-unreachable', message, hint: START }
  }
  const raw = error as RawError
  if (raw.path !== undefined && raw.syscall !== 'connect') {
    const message = `a file that Hopwire needs cannot be read: ${reasonOf(error)}`
    return { code: 'internal', message, hint: 'build Hopwire anew, or install it again' }
  }
  if (raw.code === 'EACCES' || raw.code === 'EPERM') {
    const message = `permission denied on the Docker engine at ${label}`
    return { code: 'engine-denied', message, hint: 'run as a member of the `docker` group, or as root' }
  }
  if (raw.statusCode === 401 || raw.statusCode === 403) {
    const message = `the Docker engine at ${label} denied the request: ${reasonOf(error)}`
    return { code: 'engine-denied', message, hint: 'ask the administrator of the engine' }
  }
  if (raw.statusCode === undefined) {
    const message = `the Docker engine at ${label} cannot be reached: ${connectionReason(raw)}`
    return { code: 'engine-unreachable', message, hint: START }
  }
  return { code: 'internal', message: `the Docker engine at ${label} refused a request: ${reasonOf(error)}` }
}

function connectionReason(raw: RawError): string {
  if (raw.code === 'ENOENT') return 'there is no such socket'
  if (raw.code === 'ECONNREFUSED') return 'nothing listens there'
  if (raw.code === 'ABORT_ERR' || raw.code === 'ETIMEDOUT') return 'no answer'
  if (raw.code === 'ENOTFOUND') return 'unknown host name'
  if (raw.code === 'ECONNRESET') return 'the connection was closed'
  return reasonOf(raw)
}
