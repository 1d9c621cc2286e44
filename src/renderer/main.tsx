import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { followTransport } from './follow-transport.ts'
import { AppStoreContext } from './store/hooks.ts'
import { createAppStore } from './store/store.ts'
import { keepTheme, readTheme } from './theme.ts'
import { openTransport } from './transport.ts'
import './theme.css'
import './app.css'

const store = createAppStore({ theme: readTheme() })
keepTheme(store)
followTransport(openTransport(), store)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')
createRoot(root).render(
  <StrictMode>
    <AppStoreContext value={store}>
      <App />
    </AppStoreContext>
  </StrictMode>,
)
