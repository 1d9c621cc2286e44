import type { AppStore, Theme } from './store/store.ts'

const KEY = 'hopwire.theme'

/** Returns the theme that was chosen last time, `system` when none was or when storage is not to be had. */
export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

/** Shows the store's theme on the page and keeps it for the next time, now and whenever it changes. */
export function keepTheme(store: AppStore): void {
  applyTheme(store.getState().theme)
  store.subscribe((state, before) => {
    if (state.theme !== before.theme) applyTheme(state.theme)
  })
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // A page without storage forgets the choice; it still shows it.
  }
}
