import { useEffect } from 'react'
import type { PacketCommand } from './panels/watch/watch-bar.tsx'
import { runPacketCommand } from './panels/watch/watch-foot.tsx'
import { keyCommand, type KeyCommand, ownsKey } from './keyboard.ts'
import type { AppState, AppStore } from './store/store.ts'

/** Listens for the app's keys as long as the component lives; keys that a field needs are left to it. */
export function useKeyboard(store: AppStore, openHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || ownsKey(event.target instanceof Element ? event.target : null, event.key)) return
      const command = keyCommand(event)
      if (command === null) return
      if (command !== 'close') event.preventDefault()
      runCommand(command, store.getState(), openHelp)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [store, openHelp])
}

function runCommand(command: KeyCommand, state: AppState, openHelp: () => void): void {
  const packet = state.mode === 'watch' ? PACKET_COMMANDS[command] : undefined
  if (packet !== undefined) return runPacketCommand(packet, state)
  switch (command) {
    case 'toggle':
      return state.togglePlay()
    case 'previous-step':
      return state.stepStep(-1)
    case 'next-step':
      return state.stepStep(1)
    case 'previous-hop':
      return state.stepHop(-1)
    case 'next-hop':
      return state.stepHop(1)
    case 'home':
      return state.home()
    case 'end':
      return state.end()
    case 'help':
      return openHelp()
    case 'close':
      return close(state)
    case 'focus-form':
      return document.querySelector<HTMLInputElement>('input[name="from"], input[name="watch-target"]')?.focus()
    case 'undo':
    case 'redo':
      return step(command, state)
    case 'trace':
    case 'watch':
    case 'manage':
    case 'labs':
    case 'session':
      return state.setMode(command)
    default:
      return command satisfies never
  }
}

function step(way: 'undo' | 'redo', { mode, manage, undoAction, redoAction }: AppState): void {
  if ((mode !== 'manage' && mode !== 'labs') || !manage.info?.[way] || manage.doing !== null) return
  void (way === 'undo' ? undoAction() : redoAction())
}

/** What the keys of playback do to the packets of a watch. */
const PACKET_COMMANDS: Readonly<Partial<Record<KeyCommand, PacketCommand>>> = {
  toggle: 'toggle',
  'previous-step': 'previous',
  'next-step': 'next',
  'previous-hop': 'previous',
  'next-hop': 'next',
  home: 'first',
  end: 'last',
}

/** Closes what is on top: what was done last, a place of the picture, else a packet, else a flow. */
function close(state: AppState): void {
  if (state.manage.done !== null) return state.dismissDone(state.manage.done)
  if (state.mode === 'manage' && state.manage.object !== null) return state.selectObject(null)
  if (state.selected !== null) return state.select(null)
  if (state.mode !== 'watch') return
  if (state.watch.cursor !== null) return state.showPacket(null)
  state.showFlow(null)
}
