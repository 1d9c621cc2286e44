import type { Mode } from './store/watch-data.ts'

/** What a key does anywhere in the app while nobody is typing. */
export type KeyCommand =
  | 'toggle'
  | 'previous-step'
  | 'next-step'
  | 'previous-hop'
  | 'next-hop'
  | 'home'
  | 'end'
  | 'help'
  | 'close'
  | 'focus-form'
  | 'undo'
  | 'redo'
  | Mode

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

/** The keys as the help dialog lists them. */
export const KEY_HELP: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['Space'], does: 'Play or pause; in Watch, replay the packets' },
  { keys: ['←', '→'], does: 'One step back or on; in Watch, one packet' },
  { keys: ['Shift ←', 'Shift →'], does: 'One hop back or on' },
  { keys: ['↑', '↓'], does: 'One hop back or on' },
  { keys: ['Home', 'End'], does: 'To the start or the end' },
  { keys: ['Enter'], does: 'In the form: trace' },
  { keys: ['/'], does: 'To the form' },
  { keys: ['1', '…', '5'], does: 'Trace, Watch, Manage, Labs, Session' },
  { keys: ['Ctrl Z'], does: 'In Manage and Labs: undo the last change of the host' },
  { keys: ['Ctrl Shift Z'], does: 'In Manage and Labs: redo it' },
  { keys: ['Enter', 'Del', 'F2'], does: 'In Manage, on a row: select, remove, rename' },
  { keys: ['Ctrl Shift ↑'], does: 'In a terminal: leave it, to its tab' },
  { keys: ['Esc'], does: 'Close what is selected or open' },
  { keys: ['?'], does: 'This help' },
]

/** In the order of the tabs, which is that of their number keys. */
const MODES: readonly Mode[] = ['trace', 'watch', 'manage', 'labs', 'session']

/** Returns the command of a key press, or null for a key that means nothing here or belongs to the system. */
export function keyCommand(press: KeyPress): KeyCommand | null {
  if (press.altKey) return null
  if (press.ctrlKey || press.metaKey) return press.key.toLowerCase() !== 'z' ? null : press.shiftKey ? 'redo' : 'undo'
  const mode = MODES[Number(press.key) - 1]
  if (mode !== undefined) return mode
  switch (press.key) {
    case ' ':
      return 'toggle'
    case 'ArrowLeft':
      return press.shiftKey ? 'previous-hop' : 'previous-step'
    case 'ArrowRight':
      return press.shiftKey ? 'next-hop' : 'next-step'
    case 'ArrowUp':
      return 'previous-hop'
    case 'ArrowDown':
      return 'next-hop'
    case 'Home':
      return 'home'
    case 'End':
      return 'end'
    case '?':
      return 'help'
    case '/':
      return 'focus-form'
    case 'Escape':
      return 'close'
    default:
      return null
  }
}

/**
 * Tells whether an element uses keys itself, so that the app must keep its hands off: fields of any kind, and for the
 * space bar also buttons, links and disclosure triangles, which it presses.
 */
export function ownsKey(element: Element | null, key: string): boolean {
  if (element === null) return false
  if (key === 'Escape') return false
  if (element.closest('input, textarea, select, [contenteditable], dialog') !== null) return true
  return key === ' ' && element.closest('button, a, summary') !== null
}
