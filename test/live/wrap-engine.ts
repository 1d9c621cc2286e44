import { rmSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import type { Engine } from '../lab/index.ts'

/** A socket in front of an engine's own. */
export interface WrappedEngine {
  readonly socket: string
  close(): void
}

/**
 * Puts a socket in front of an engine's that changes words of what is asked: an engine that gives its containers less than they
 * ask for, or a helper on another kernel. Both words of a pair are of one length, since a request tells its own.
 */
export async function wrapEngine(
  engine: Engine,
  edits: readonly (readonly [string, string])[],
): Promise<WrappedEngine> {
  for (const [from, to] of edits) if (from.length !== to.length) throw new Error(`"${from}" is not as long as "${to}"`)
  const socket = join(tmpdir(), `hopwire-wrapped-${process.pid}-${Date.now()}.sock`)
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const real = connect({ path: engine.socket, allowHalfOpen: true })
    client.on('data', (data: Buffer) => real.write(change(data, edits)))
    client.on('end', () => real.end())
    real.pipe(client)
    for (const side of [client, real]) {
      side.on('error', () => undefined)
      side.on('close', () => {
        client.destroy()
        real.destroy()
      })
    }
  })
  server.listen(socket)
  await once(server, 'listening')
  return {
    socket,
    close: () => {
      server.close()
      rmSync(socket, { force: true })
    },
  }
}

function change(data: Buffer, edits: readonly (readonly [string, string])[]): Buffer {
  const text = data.toString('latin1')
  return Buffer.from(
    edits.reduce((all, [from, to]) => all.replaceAll(from, () => to), text),
    'latin1',
  )
}
