import { useEffect } from 'react'
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
      return state.select(null)
    case 'focus-form':
      return document.querySelector<HTMLInputElement>('input[name="from"]')?.focus()
    default:
      return command satisfies never
  }
}
