import type { MessagePort } from 'node:worker_threads'
import type { ElectronMain } from './electron-main.ts'
import { type Exposed, loadPreload } from './load-preload.ts'

/** One function argument or value that a page handed over the bridge. */
export type BridgeArgument = { readonly callback: number } | { readonly value: unknown }

/** Runs the preload script once for every document of a page, and ends its ports with the document. */
export interface PreloadHost {
  /** Names that the script exposes, with the members of each: what a page sees of it. */
  readonly shape: readonly (readonly [name: string, members: readonly string[]])[]
  open(document: string, url: string): void
  call(document: string, name: string, member: string, args: readonly BridgeArgument[]): void
  closeAll(): void
}

interface LiveDocument {
  readonly id: string
  readonly exposed: Exposed
  readonly ports: MessagePort[]
}

/** `deliver` calls a function of the page; the page drops calls that are meant for a document before it. */
export function createPreloadHost(
  main: ElectronMain,
  preload: string,
  deliver: (document: string, callback: number, args: readonly unknown[]) => void,
): PreloadHost {
  let live: LiveDocument | null = null
  const closeAll = () => {
    for (const port of live?.ports ?? []) port.close()
    live = null
  }
  return {
    shape: readShape(preload),
    open(id, url) {
      closeAll()
      const ports: MessagePort[] = []
      const exposed = loadPreload((channel, message, transferred) => {
        ports.push(...transferred)
        main.receive(channel, message, transferred, { url, parent: null })
      }, preload)
      live = { id, exposed, ports }
    },
    call(id, name, member, args) {
      if (live?.id !== id) return
      const target = live.exposed.get(name)?.[member]
      if (typeof target !== 'function') throw new Error(`the preload script exposes no ${name}.${member}`)
      const result: unknown = target(
        ...args.map((arg) =>
          'callback' in arg ? (...values: unknown[]) => deliver(id, arg.callback, values) : arg.value,
        ),
      )
      if (result !== undefined) throw new Error(`${name}.${member} returns a value, which the double cannot carry`)
    },
    closeAll,
  }
}

/** A run of the script that reaches nobody, to see what it exposes. */
function readShape(preload: string): PreloadHost['shape'] {
  const ports: MessagePort[] = []
  const exposed = loadPreload((_channel, _message, transferred) => ports.push(...transferred), preload)
  for (const port of ports) port.close()
  return [...exposed].map(([name, api]) => [name, Object.keys(api)] as const)
}
