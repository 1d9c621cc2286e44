import { EventEmitter } from 'node:events'
import type { WebContents, WindowOpenHandlerResponse } from 'electron'

type Members = Pick<WebContents, 'setWindowOpenHandler' | 'getURL'>

/** A frame as the sender of a message. */
export interface FrameDouble {
  readonly url: string
  readonly parent: FrameDouble | null
}

/** The page of a window. `navigate` asks as Chromium asks before a page goes elsewhere. */
export class WebContentsDouble extends EventEmitter implements Members {
  url = ''
  #openHandler: ((details: never) => WindowOpenHandlerResponse) | null = null

  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.#openHandler = handler
  }

  getURL(): string {
    return this.url
  }

  /** Tells whether main lets the page go to a URL, by `will-navigate` or another such event. */
  allows(
    event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate' | 'will-attach-webview',
    url: string,
  ): boolean {
    let allowed = true
    this.emit(event, { url, preventDefault: () => (allowed = false) }, url)
    return allowed
  }

  /** Tells whether main lets the page open a window; without a handler Electron does. */
  opensWindow(url: string): boolean {
    return this.#openHandler === null || this.#openHandler({ url } as never).action === 'allow'
  }
}
