import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import type { TerminalSize } from '../../../protocol/manage-methods.ts'
import { readTerminalTheme } from './terminal-theme.ts'
import { openWithoutStyleElements } from './terminal-styles.ts'
import '@xterm/xterm/css/xterm.css'

/** What a screen tells. */
export interface ScreenHandler {
  readonly onTyped: (data: string) => void
  readonly onResize: (size: TerminalSize) => void
  readonly onLeave: () => void
}

/** One terminal on the page. */
export interface TerminalScreen {
  /** Shows it in a box, whose size it follows, and gives it the focus. */
  show(box: HTMLElement): void
  size(): TerminalSize
  write(bytes: Uint8Array): void
  clear(): void
  readTheme(): void
  setSpoken(spoken: boolean): void
  dispose(): void
}

/** Lines that can be scrolled back to. */
const SCROLLBACK = 5000

/** Returns a new screen. This module, and xterm with it, is loaded with the first one only. */
export function createTerminalScreen(handler: ScreenHandler): TerminalScreen {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
    fontSize: 12,
    scrollback: SCROLLBACK,
    theme: readTerminalTheme(),
    minimumContrastRatio: 4.5,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.onData(handler.onTyped)
  terminal.onBinary(handler.onTyped)
  terminal.onResize(({ cols, rows }) => handler.onResize({ columns: cols, rows }))
  terminal.attachCustomKeyEventHandler((event) => handleKey(event, terminal, handler))
  const element = document.createElement('div')
  element.className = 'terminal-screen'
  const observer = new ResizeObserver(() => element.isConnected && element.clientWidth > 0 && fit.fit())
  observer.observe(element)
  return {
    show: (box) => {
      box.replaceChildren(element)
      if (terminal.element === undefined) openWithoutStyleElements(document, () => terminal.open(element))
      fit.fit()
      terminal.focus()
    },
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    write: (bytes) => terminal.write(bytes),
    clear: () => terminal.reset(),
    readTheme: () => {
      terminal.options.theme = readTerminalTheme()
    },
    setSpoken: (spoken) => {
      terminal.options.screenReaderMode = spoken
    },
    dispose: () => {
      observer.disconnect()
      terminal.dispose()
      element.remove()
    },
  }
}

/** Gives false for what is not the terminal's. */
function handleKey(event: KeyboardEvent, terminal: Terminal, { onLeave }: ScreenHandler): boolean {
  const both = event.ctrlKey && event.shiftKey
  const copies = both && event.code === 'KeyC' && terminal.hasSelection()
  const leaves = both && (event.key === 'ArrowUp' || event.key === 'Tab')
  if (!copies && !leaves) return true
  event.preventDefault()
  if (event.type !== 'keydown') return false
  if (copies) void navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined)
  else onLeave()
  return false
}
