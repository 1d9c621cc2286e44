import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ServedSocket {
  /** As `--docker-host` has it. */
  readonly url: string
  /** Ends all connections and removes the socket. */
  stop(): void
}

/** Serves HTTP on a Unix socket of its own, in place of an engine. */
export async function serveSocket(listener: RequestListener): Promise<ServedSocket> {
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-engine-'))
  const path = join(folder, 'docker.sock')
  const server = createServer(listener).listen(path)
  await once(server, 'listening')
  return {
    url: `unix://${path}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
