import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme } from 'electron'
import { PAGE_URL } from './own-page.ts'
import { createWebPreferences } from './security.ts'
import { readWindowState, SMALLEST_WINDOW, writeWindowState } from './window-state.ts'

/** Opens the window on our own page. It shows itself once the page has painted, so that it never flashes white. */
export function openWindow(preload: string): BrowserWindow {
  const path = join(app.getPath('userData'), 'window.json')
  const state = readWindowState(path)
  const window = new BrowserWindow({
    width: state.width,
    height: state.height,
    minWidth: SMALLEST_WINDOW.width,
    minHeight: SMALLEST_WINDOW.height,
    show: false,
    title: 'Hopwire',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1318' : '#f6f7f9',
    webPreferences: createWebPreferences(preload),
  })
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize()
    window.show()
  })
  window.on('close', () => {
    const { width, height } = window.getNormalBounds()
    writeWindowState(path, { width, height, maximized: window.isMaximized() })
  })
  void window.loadURL(PAGE_URL)
  return window
}
