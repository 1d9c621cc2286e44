import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { ContextBridge, IpcRenderer } from 'electron'
import { PRELOAD_BUNDLE } from './load-main.ts'
import { strict } from './strict.ts'

/** What a preload script has put into its page, by name. */
export type Exposed = ReadonlyMap<string, Readonly<Record<string, unknown>>>

type Post = (channel: string, message: unknown, ports: readonly MessagePort[]) => void

/**
 * Runs a built preload script the way a sandboxed window does: as one function in a context that has the web's globals and
 * none of Node's, with a `require` that knows `electron` and three small modules only. Throws what the script throws.
 */
export function loadPreload(post: Post, path = PRELOAD_BUNDLE): Exposed {
  const exposed = new Map<string, Readonly<Record<string, unknown>>>()
  const contextBridge = {
    exposeInMainWorld(name, api) {
      if (exposed.has(name)) throw new Error(`${name} is already exposed`)
      checkBridgeable(api, name)
      exposed.set(name, api)
    },
  } satisfies Pick<ContextBridge, 'exposeInMainWorld'>
  const ipcRenderer = {
    postMessage: (channel, message, transfer) => post(channel, message, (transfer ?? []) as unknown as MessagePort[]),
  } satisfies Pick<IpcRenderer, 'postMessage'>
  const electron = strict('electron in a sandboxed preload script', {
    contextBridge: strict('contextBridge', contextBridge),
    ipcRenderer: strict('ipcRenderer', ipcRenderer),
  })
  const module = { exports: {} }
  const run = vm.runInContext(
    `(function (require, process, exports, module) {\n${readFileSync(path, 'utf8')}\n})`,
    createSandbox(),
    { filename: path },
  )
  run(createSandboxedRequire(electron), { type: 'renderer', sandboxed: true }, module.exports, module)
  return exposed
}

/** The globals of a page that a preload script may use. Context code has the language's own besides. */
function createSandbox(): vm.Context {
  const globals = { MessageChannel, console, URL, TextEncoder, TextDecoder, setTimeout, clearTimeout, queueMicrotask }
  return vm.createContext({ ...globals }, { codeGeneration: { strings: false, wasm: false } })
}

/** Electron gives a sandboxed preload script its own require: `electron`, `events`, `timers`, `url`. We allow the first. */
function createSandboxedRequire(electron: object): (name: string) => unknown {
  return (name) => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`)
  }
}

/** The bridge copies: functions and plain data pass, anything with a prototype of its own does not. */
function checkBridgeable(value: unknown, path: string): void {
  if (typeof value === 'function' || value === null || typeof value !== 'object') return
  const prototype = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  if (!isPlain && !Array.isArray(value)) throw new Error(`${path} cannot cross the context bridge`)
  for (const [key, member] of Object.entries(value)) checkBridgeable(member, `${path}.${key}`)
}
