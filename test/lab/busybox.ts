/**
 * The one image of the lab. No registry can be asked here, so it is imported from a tar.
 */
import { createReadStream } from 'node:fs'
import { request } from 'node:http'
import { busyboxTar } from './cache.ts'
import type { Engine } from './engine.ts'

export const busyboxImage = 'busybox:local'

/**
 * Imports `busybox:local` into an engine. Through the API rather than the command: the host cannot read the cache.
 */
export function importBusybox(engine: Pick<Engine, 'socket'>): Promise<void> {
  const query = new URLSearchParams({ fromSrc: '-', repo: 'busybox', tag: 'local', changes: 'ENV PATH=/bin' })
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath: engine.socket, path: `/images/create?${query}`, method: 'POST', timeout: 120_000 },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString()
          // A failure after the headers were sent comes as an object in the stream, with status 200.
          if (response.statusCode === 200 && !body.includes('"error"')) resolve()
          else reject(new Error(`import of ${busyboxTar}: ${response.statusCode} ${body.trim()}`))
        })
      },
    )
    call.on('error', reject)
    createReadStream(busyboxTar).on('error', reject).pipe(call)
  })
}
