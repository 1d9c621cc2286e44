import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIfNeeded } from '../support/electron-double/build-if-needed.ts'
import { loadPreload } from '../support/electron-double/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'hopwire-preload-'))
beforeAll(buildIfNeeded, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a script as a sandboxed preload script and gives what it exposes. */
function loadScript(text: string) {
  const path = join(folder, 'script.cjs')
  writeFileSync(path, text)
  return loadPreload(() => {}, path)
}

describe('the built preload script', () => {
  it('loads sandboxed, opens one channel and exposes one port', () => {
    const posts: { channel: string; message: unknown; ports: readonly MessagePort[] }[] = []
    const exposed = loadPreload((channel, message, ports) => posts.push({ channel, message, ports }))
    expect([...exposed.keys()]).toEqual(['hopwire'])
    const api = exposed.get('hopwire') ?? {}
    expect(Object.keys(api).sort()).toEqual(['close', 'onClose', 'onMessage', 'post'])
    expect(Object.values(api).map((member) => typeof member)).toEqual(['function', 'function', 'function', 'function'])
    expect(posts).toMatchObject([{ channel: 'hopwire:open', message: null }])
    expect(posts[0]?.ports).toHaveLength(1)
    for (const port of posts[0]?.ports ?? []) port.close()
  })
})

describe('the double refuses a preload script that', () => {
  it.each([
    ['requires a module of Node', "require('node:fs')", 'module not found: node:fs'],
    ['requires a file beside it', "require('./chunk.cjs')", 'module not found: ./chunk.cjs'],
    ['is an ES module', "import { contextBridge } from 'electron'", 'Cannot use import statement'],
    ['uses a global of Node', 'setImmediate(() => {})', 'setImmediate is not defined'],
    ['uses eval', "eval('1')", 'Code generation from strings disallowed'],
    [
      'hands the whole ipcRenderer over',
      "const e = require('electron'); e.contextBridge.exposeInMainWorld('ipc', e.ipcRenderer.send)",
      'no ipcRenderer.send',
    ],
    [
      'exposes an object with a class',
      "require('electron').contextBridge.exposeInMainWorld('x', { map: new Map() })",
      'x.map cannot cross the context bridge',
    ],
  ])('%s', (_what, script, error) => {
    expect(() => loadScript(script)).toThrow(error)
  })
})
