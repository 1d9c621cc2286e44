import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Outcome } from '../../protocol/contract.ts'
import { serve } from '../../protocol/serve.ts'
import type { Service } from '../../protocol/service.ts'
import type { RendererFiles } from '../renderer-files.ts'
import { answerRequest, checkUpgrade, type Site } from './answer-request.ts'
import { createSession } from './session.ts'
import { createWebSocketPort, LONGEST_CLIENT_MESSAGE } from './web-socket-port.ts'

/** What is served, and on which port of 127.0.0.1; 0 picks a free one. */
export interface ServerOptions {
  readonly service: Service
  readonly files: RendererFiles
  readonly port: number
}

/** A server that accepts visitors. `url` is the link with the one-time token. */
export interface RunningServer {
  readonly url: string
  readonly port: number
  /** Ends all connections and gives the port back. */
  close(): Promise<void>
}

/** How long a browser is given to answer the closing of its socket, in milliseconds. */
const CLOSING_GRACE = 500

/**
 * Serves the page and the backend on 127.0.0.1 only. Gives a `bad-params` failure at `--port` when the port is taken or
 * not allowed.
 */
export async function startServer(options: ServerOptions): Promise<Outcome<RunningServer>> {
  const server = createServer()
  const bound = await listen(server, options.port)
  if (!bound.ok) return bound
  const port = bound.value
  const site: Site = { port, session: createSession(port), files: options.files }
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_CLIENT_MESSAGE, perMessageDeflate: false })
  server.on('request', (request, response) => answerRequest(site, request, response))
  server.on('upgrade', (request, stream, head) => {
    const refusal = checkUpgrade(site, request)
    if (refusal !== null) return refuseUpgrade(stream, refusal)
    sockets.handleUpgrade(request, stream, head, (socket) => serve(createWebSocketPort(socket), options.service))
  })
  const url = `http://127.0.0.1:${port}/?token=${site.session.token}`
  return { ok: true, value: { url, port, close: () => closeServer(server, sockets) } }
}

function listen(server: Server, port: number): Promise<Outcome<number>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ ok: false, failure: explainError(error, port) }))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.removeAllListeners('error')
      resolve({ ok: true, value: (server.address() as AddressInfo).port })
    })
  })
}

function explainError(error: NodeJS.ErrnoException, port: number) {
  const why =
    error.code === 'EADDRINUSE'
      ? `port ${port} is in use`
      : error.code === 'EACCES'
        ? `port ${port} is not allowed to you`
        : `port ${port} cannot be used (${error.code ?? error.message})`
  return {
    code: 'bad-params',
    message: why,
    hint: 'choose another --port; --port 0 takes a free one',
    at: '--port',
  } as const
}

function refuseUpgrade(stream: Duplex, why: string): void {
  stream.on('error', () => stream.destroy())
  stream.end(`HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${why}\n`)
}

async function closeServer(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  await Promise.all([...sockets.clients].map(closeSocket))
  server.closeAllConnections()
  await closed
}

function closeSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSING_GRACE)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(1001, 'hopwire ends')
  })
}
