/**
 * The few calls that the lab itself makes to an engine's API. The product's own client is under test and not used here.
 */
import { request } from 'node:http'
import type { Readable } from 'node:stream'
import { PATIENCE_MS } from './run-command.ts'

/**
 * Gets a path of the API and parses what comes back: JSON, or text for the few paths that give text.
 */
export function apiGet(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, timeout: PATIENCE_MS }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        if (response.statusCode !== 200) reject(new Error(`GET ${path}: ${response.statusCode} ${body.trim()}`))
        else resolve(response.headers['content-type']?.startsWith('application/json') ? JSON.parse(body) : body)
      })
    })
    call.on('timeout', () => call.destroy(new Error(`GET ${path}: no answer`)))
    call.on('error', reject)
    call.end()
  })
}

/**
 * Asks for something to be done, which may need a file and be told of in a stream.
 */
export function apiPost(socketPath: string, path: string, body?: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, method: 'POST', timeout: PATIENCE_MS }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const said = Buffer.concat(chunks).toString()
        // A failure after the headers were sent comes as an object in the stream, with status 200.
        if (Math.trunc((response.statusCode ?? 0) / 100) === 2 && !said.includes('"error"')) resolve()
        else reject(new Error(`POST ${path}: ${response.statusCode} ${said.trim()}`))
      })
    })
    call.on('timeout', () => call.destroy(new Error(`POST ${path}: no answer`)))
    call.on('error', reject)
    if (body === undefined) call.end()
    else body.on('error', reject).pipe(call)
  })
}
