import { EventEmitter } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import type { App, CustomScheme, IpcMain, Menu, NativeTheme, Protocol, Session } from 'electron'
import { BrowserWindowDouble } from './browser-window.ts'
import { MessagePortMainDouble } from './message-port.ts'
import { strict } from './strict.ts'
import type { FrameDouble } from './web-contents.ts'

type PermissionRequest = Parameters<Session['setPermissionRequestHandler']>[0]
type PermissionCheck = Parameters<Session['setPermissionCheckHandler']>[0]
type DeviceCheck = Parameters<Session['setDevicePermissionHandler']>[0]
type SchemeHandler = Parameters<Protocol['handle']>[1]

/** What main did to the double, and the levers that play Electron's part. */
export interface ElectronMain {
  /** What `require('electron')` gives. */
  readonly module: object
  readonly app: EventEmitter
  readonly ipcMain: EventEmitter
  readonly windows: BrowserWindowDouble[]
  readonly schemes: CustomScheme[]
  readonly handlers: Map<string, SchemeHandler>
  readonly menus: unknown[]
  readonly record: {
    sandboxed: boolean
    exitCode: number | null
    quits: number
    permissionRequest: PermissionRequest
    permissionCheck: PermissionCheck
    deviceCheck: DeviceCheck
  }
  /** Lets `app.whenReady()` go on. */
  becomeReady(): void
  /** Plays `ipcRenderer.postMessage` of a page. */
  receive(channel: string, message: unknown, ports: readonly MessagePort[], frame: FrameDouble | null): void
  /** Plays the end: asks main with `will-quit` until it lets the app go. */
  quit(): Promise<void>
}

/** What the launcher supplies: where main keeps its files, and what loading a page does. */
export interface ElectronMainOptions {
  readonly userData: string
  load?(window: BrowserWindowDouble, url: string): Promise<void>
}

/** Returns the part of Electron that main uses. Each member is typed against Electron's own declaration. */
// oxlint-disable-next-line eslint/max-lines-per-function -- Electron's modules one after the other
export function createElectronMain(options: ElectronMainOptions): ElectronMain {
  const windows: BrowserWindowDouble[] = []
  const schemes: CustomScheme[] = []
  const handlers = new Map<string, SchemeHandler>()
  const menus: unknown[] = []
  const ipcMain = new EventEmitter()
  const record: ElectronMain['record'] = {
    sandboxed: false,
    exitCode: null,
    quits: 0,
    permissionRequest: null,
    permissionCheck: null,
    deviceCheck: null,
  }
  const life = createAppLife()
  const app = Object.assign(life.events, {
    isPackaged: false,
    enableSandbox: () => void (record.sandboxed = true),
    whenReady: () => life.ready,
    getPath: () => options.userData,
    quit: () => void (record.quits += 1),
    exit: (code?: number) => void (record.exitCode = code ?? 0),
  } satisfies Pick<App, 'isPackaged' | 'enableSandbox' | 'whenReady' | 'getPath' | 'quit' | 'exit'>)
  const protocol: Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
    registerSchemesAsPrivileged(added) {
      if (life.isReady()) throw new Error('schemes must be registered before the app is ready')
      schemes.push(...added)
    },
    handle(scheme, handler) {
      if (!life.isReady()) throw new Error('a scheme can be handled only when the app is ready')
      handlers.set(scheme, handler)
    },
  }
  const defaultSession = {
    setPermissionRequestHandler: (handler) => void (record.permissionRequest = handler),
    setPermissionCheckHandler: (handler) => void (record.permissionCheck = handler),
    setDevicePermissionHandler: (handler) => void (record.deviceCheck = handler),
  } satisfies Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'>
  const menu = {
    buildFromTemplate: (template) => template as unknown as Menu,
    setApplicationMenu: (built) => void menus.push(built),
  } satisfies Pick<typeof Menu, 'buildFromTemplate' | 'setApplicationMenu'>
  const nativeTheme = { shouldUseDarkColors: false } satisfies Pick<NativeTheme, 'shouldUseDarkColors'>
  const hooks = {
    created(window: BrowserWindowDouble) {
      if (!life.isReady()) throw new Error('a window can be opened only when the app is ready')
      windows.push(window)
      app.emit('web-contents-created', {}, window.webContents)
    },
    load: async (window: BrowserWindowDouble, url: string) => options.load?.(window, url),
    closed: () => app.emit('window-all-closed'),
  }
  class BrowserWindow extends BrowserWindowDouble {
    static getAllWindows = () => [...windows]
    constructor(given: ConstructorParameters<typeof BrowserWindowDouble>[0]) {
      super(given, hooks)
    }
  }
  const module = strict('electron', {
    app: strict('app', app),
    BrowserWindow,
    ipcMain: strict('ipcMain', ipcMain satisfies Pick<IpcMain, 'listenerCount'>),
    Menu: strict('Menu', menu),
    nativeTheme: strict('nativeTheme', nativeTheme),
    protocol: strict('protocol', protocol),
    session: strict('session', { defaultSession: strict('defaultSession', defaultSession) }),
  })
  return {
    module,
    app,
    ipcMain,
    windows,
    schemes,
    handlers,
    menus,
    record,
    becomeReady: life.becomeReady,
    receive(channel, message, ports, frame) {
      const event = { senderFrame: frame, ports: ports.map((port) => new MessagePortMainDouble(port)) }
      ipcMain.emit(channel, event, message)
    },
    quit: () => quit(app, record),
  }
}

function createAppLife() {
  let isReady = false
  let resolve = () => {}
  const ready = new Promise<void>((settle) => {
    resolve = settle
  })
  const becomeReady = () => {
    isReady = true
    resolve()
  }
  return { events: new EventEmitter(), ready, isReady: () => isReady, becomeReady }
}

/** Main may hold the end back once, to clean up; it then asks to quit again. */
async function quit(app: EventEmitter, record: ElectronMain['record']): Promise<void> {
  let held = false
  app.emit('will-quit', { preventDefault: () => (held = true) })
  if (!held) return
  const asked = record.quits
  while (record.quits === asked) await new Promise((resolve) => setTimeout(resolve, 5))
}
