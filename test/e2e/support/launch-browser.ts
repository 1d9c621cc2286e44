import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, request } from '@playwright/test'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** A running `hopwire serve`. `storageState` is a session that any number of browser contexts can have. */
export interface Server {
  readonly url: string
  readonly storageState: NonNullable<BrowserContextOptions['storageState']>
  close(): Promise<void>
}

/** Starts `hopwire serve` with more words and trades its link, which is good for one visit, for a session. */
export async function startServe(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Server> {
  const child = spawn(process.execPath, ['bin/hopwire.mjs', 'serve', '--no-open', ...args], { cwd: ROOT, env })
  const link = await readLink(child)
  const client = await request.newContext()
  const answer = await client.get(link)
  if (!answer.ok()) throw new Error(`the printed link answers ${answer.status()}`)
  const storageState = await client.storageState()
  await client.dispose()
  return { url: new URL('/', link).href, storageState, close: () => end(child) }
}

function readLink(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    child.stdout?.on('data', (chunk) => {
      output += String(chunk)
      // All of it: what is written may come in pieces.
      const link = /http:\S+(?=\s)/.exec(output)
      if (link !== null) resolve(link[0])
    })
    child.stderr?.on('data', (chunk) => {
      errors += String(chunk)
    })
    child.once('error', reject)
    child.once('exit', (status) => reject(new Error(`hopwire serve ended with ${status}: ${errors}`)))
  })
}

/** Asks politely, so that the helper container is taken away. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGINT')
  })
}
