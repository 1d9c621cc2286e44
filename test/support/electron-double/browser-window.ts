import { EventEmitter } from 'node:events'
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from 'electron'
import { WebContentsDouble } from './web-contents.ts'

type Members = Pick<BrowserWindow, 'loadURL' | 'show' | 'maximize' | 'isMaximized' | 'getNormalBounds' | 'close'>

/** What a window tells the rest of the double. */
export interface WindowHooks {
  created(window: BrowserWindowDouble): void
  load(window: BrowserWindowDouble, url: string): Promise<void>
  closed(): void
}

export class BrowserWindowDouble extends EventEmitter implements Members {
  readonly webContents = new WebContentsDouble()
  shown = false
  #maximized = false

  constructor(
    readonly options: BrowserWindowConstructorOptions,
    private readonly hooks: WindowHooks,
  ) {
    super()
    hooks.created(this)
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.url = url
    await this.hooks.load(this, url)
    this.emit('ready-to-show')
  }

  show(): void {
    this.shown = true
  }

  maximize(): void {
    this.#maximized = true
  }

  isMaximized(): boolean {
    return this.#maximized
  }

  getNormalBounds(): Rectangle {
    return { x: 0, y: 0, width: this.options.width ?? 800, height: this.options.height ?? 600 }
  }

  close(): void {
    this.emit('close', { preventDefault() {} })
    this.hooks.closed()
  }
}
