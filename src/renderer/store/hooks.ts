import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { AppState, AppStore } from './store.ts'

/** The store of the app around a component. */
export const AppStoreContext = createContext<AppStore | null>(null)

/** Returns the app's store itself, for actions and one-off reads; throws outside of `AppStoreContext`. */
export function useAppStore(): AppStore {
  const store = useContext(AppStoreContext)
  if (store === null) throw new Error('useAppStore needs an AppStoreContext around it')
  return store
}

/** Returns a part of the state and renders again when it changes. The selector must give a stable value. */
export function useApp<T>(selector: (state: AppState) => T): T {
  return useStore(useAppStore(), selector)
}
