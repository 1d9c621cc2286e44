import type { Readable } from 'node:stream'
import { statusOf } from './engine-error.ts'

/** One call of the engine's API. Names within `path` are encoded with `pathOf`. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  readonly signal?: AbortSignal
}

/** The calls that the manager makes. They reject with dockerode's errors. */
export interface EngineRequests {
  /** Gives the answer's JSON; null where there is none, as for a change that was made already (304). */
  request(request: EngineRequest): Promise<unknown>
  /** Hands in an archive as `docker load` does; `onLine` gets each object of what the engine tells. */
  load(archive: Readable, onLine: (line: unknown) => void, signal: AbortSignal): Promise<void>
  /** Gives an image's archive as `docker save` does. */
  save(image: string, signal: AbortSignal): Promise<Buffer>
}

/** The part of dockerode that this takes. */
interface RawModem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void
  followProgress(
    stream: Readable,
    done: (error: Error | null, lines: readonly unknown[]) => void,
    line: (line: unknown) => void,
  ): void
}

const FINE = { 200: true, 201: true, 204: true }

/** Returns a path of the API with its names encoded: `` pathOf`/networks/${name}` ``. Slashes of image names stay. */
export function pathOf(parts: TemplateStringsArray, ...names: readonly string[]): string {
  const encode = (name: string | undefined): string =>
    name === undefined ? '' : encodeURIComponent(name).replaceAll('%2F', '/').replaceAll('%3A', ':')
  return parts.map((part, index) => part + encode(names[index])).join('')
}

/** Returns those calls over dockerode's modem. */
export function createEngineRequests(modem: RawModem): EngineRequests {
  return {
    request: async (request) => {
      try {
        const answer = await dial(modem, dialOptions(request))
        return Buffer.isBuffer(answer) ? null : answer
      } catch (error) {
        if (statusOf(error) === 304) return null
        throw error
      }
    },
    load: async (archive, onLine, signal) => {
      const options = { path: '/images/load?', method: 'POST', options: { quiet: false }, file: archive }
      const stream = await dial(modem, { ...options, isStream: true, statusCodes: FINE, abortSignal: signal })
      await follow(modem, stream as Readable, onLine)
    },
    save: async (image, signal) => {
      const options = { path: pathOf`/images/${image}/get`, method: 'GET', isStream: true, statusCodes: FINE }
      const stream = (await dial(modem, { ...options, abortSignal: signal })) as Readable
      const pieces: Buffer[] = []
      for await (const piece of stream) pieces.push(piece as Buffer)
      return Buffer.concat(pieces)
    },
  }
}

/** A path that ends in `?` makes docker-modem add the query; an empty body is not sent. */
function dialOptions({ method, path, query, body, signal }: EngineRequest): object {
  return {
    method,
    path: query === undefined ? path : `${path}?`,
    options: { _query: query ?? {}, _body: body ?? {} },
    statusCodes: FINE,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  }
}

function dial(modem: RawModem, options: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => (error ? reject(error) : resolve(answer)))
  })
}

/** A failure after the headers were sent comes as an object in the stream, with status 200. */
function follow(modem: RawModem, stream: Readable, onLine: (line: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, lines: readonly unknown[]): void => {
      const failed = (lines ?? []).map((line) => (line as { readonly error?: string }).error).find(Boolean)
      if (error !== null) reject(error)
      else if (failed !== undefined) reject(Object.assign(new Error(failed), { statusCode: 500 }))
      else resolve()
    }
    modem.followProgress(stream, done, onLine)
  })
}
