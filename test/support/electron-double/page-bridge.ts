import type { Page } from '@playwright/test'
import { APP_HOST, APP_SCHEME } from '../../../src/main/own-page.ts'
import type { ElectronMain } from './electron-main.ts'
import { type BridgeArgument, createPreloadHost, type PreloadHost } from './preload-host.ts'

/** Where Chromium finds the page: a secure origin of its own, in the place of `app://hopwire`, that is never asked. */
const PAGE_ORIGIN = 'http://hopwire.localhost'
const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`

/** Returns the address in Chromium of a page of ours. Throws for any other: main loads nothing else. */
export function toChromium(url: string): string {
  if (!url.startsWith(`${APP_ORIGIN}/`)) throw new Error(`main loads ${url}, which is not its own page`)
  return PAGE_ORIGIN + url.slice(APP_ORIGIN.length)
}

/** Returns the address that main knows a page of Chromium by. */
export function fromChromium(url: string): string {
  return url.startsWith(`${PAGE_ORIGIN}/`) ? APP_ORIGIN + url.slice(PAGE_ORIGIN.length) : url
}

/** Puts what the preload script exposes into every document of the page, connected with main. */
export async function bridgePage(page: Page, main: ElectronMain, preload: string): Promise<PreloadHost> {
  const host = createPreloadHost(main, preload, (id, callback, args) => {
    // The page may be gone by now; then there is nobody to tell.
    void page.evaluate(deliverInPage, { id, callback, args }).catch(() => {})
  })
  await page.exposeBinding('__doubleOpen', (_source, id: string, url: string) => host.open(id, fromChromium(url)))
  await page.exposeBinding(
    '__doubleCall',
    (_source, id: string, name: string, member: string, args: BridgeArgument[]) => host.call(id, name, member, args),
  )
  await page.addInitScript(exposeInPage, host.shape)
  return host
}

interface DoubleWindow extends Window {
  __doubleOpen(id: string, url: string): Promise<void>
  __doubleCall(id: string, name: string, member: string, args: readonly BridgeArgument[]): Promise<void>
  __doubleDeliver?(id: string, callback: number, args: readonly unknown[]): void
}

/** Runs in the page before its own scripts. It must not use anything outside itself. */
function exposeInPage(shape: PreloadHost['shape']): void {
  const self = window as unknown as DoubleWindow
  if (self !== self.top) return
  const id = `${Date.now()}-${Math.random()}`
  const callbacks: ((...args: readonly unknown[]) => void)[] = []
  const pack = (arg: unknown): BridgeArgument =>
    typeof arg === 'function' ? { callback: callbacks.push(arg as () => void) - 1 } : { value: arg }
  self.__doubleDeliver = (document, callback, args) => {
    if (document === id) callbacks[callback]?.(...args)
  }
  void self.__doubleOpen(id, location.href)
  for (const [name, members] of shape) {
    const call =
      (member: string) =>
      (...args: readonly unknown[]) =>
        void self.__doubleCall(id, name, member, args.map(pack))
    const api = Object.freeze(Object.fromEntries(members.map((member) => [member, call(member)])))
    Object.defineProperty(self, name, { value: api, enumerable: true })
  }
}

/** Runs in the page. */
function deliverInPage(call: { id: string; callback: number; args: readonly unknown[] }): void {
  ;(window as unknown as DoubleWindow).__doubleDeliver?.(call.id, call.callback, call.args)
}
