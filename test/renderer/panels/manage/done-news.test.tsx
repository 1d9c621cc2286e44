// @vitest-environment happy-dom
import { act } from 'react'
import { describe, expect, it } from 'vitest'
import { DoneNews, DoneNotes } from '../../../../src/renderer/panels/manage/done-news.tsx'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import type { DoneState } from '../../../../src/renderer/store/manage-data.ts'
import { type AppStore, createAppStore } from '../../../../src/renderer/store/store.ts'
import { useKeyboard } from '../../../../src/renderer/use-keyboard.ts'
import { render } from '../render.tsx'

function Page({ store }: { readonly store: AppStore }) {
  useKeyboard(store, () => undefined)
  return (
    <AppStoreContext value={store}>
      <DoneNews />
      <DoneNotes />
    </AppStoreContext>
  )
}

function show(change: Partial<DoneState> = {}) {
  const done: DoneState = { did: 'network n1 created', command: 'docker x', undo: 'network n1', notes: [], ...change }
  const store = createAppStore({ mode: 'manage' })
  store.setState(({ manage }) => ({ manage: { ...manage, done, object: { kind: 'network', name: 'n1' } } }))
  return { store, page: render(<Page store={store} />) }
}

describe('what was done last', () => {
  it('is said with its command and a way back, and goes with its own button', () => {
    const { store, page } = show()
    expect(page.find('.done').textContent).toBe('Network n1 created.docker xCopyUndo×')
    act(() => page.find('[aria-label="Dismiss"]').click())
    expect(store.getState().manage.done).toBeNull()
    expect(page.box.querySelector('.done')).toBeNull()
  })

  it('goes with Escape, which leaves what is selected to the next one', () => {
    const { store } = show()
    const escape = () => act(() => void document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })))
    escape()
    expect(store.getState().manage).toMatchObject({ done: null, object: { name: 'n1' } })
    escape()
    expect(store.getState().manage.object).toBeNull()
  })

  it('says below the bar what there is to know of it', () => {
    const { page } = show({ notes: ['the port is another one now'], undo: null })
    expect(page.find('.done').textContent).not.toContain('Undo')
    expect(page.find('.done-notes li').textContent).toBe('The port is another one now.')
  })

  it('gives way to the words of what could not be done, outside of the manager', () => {
    const { store, page } = show()
    act(() =>
      store.setState(({ manage }) => ({ mode: 'labs', manage: { ...manage, done: null, problem: 'It is gone.' } })),
    )
    expect(page.find('.done-notes [role="alert"] p').textContent).toBe('It is gone.')
    act(() => store.setState({ mode: 'manage' }))
    expect(page.box.querySelector('.done-notes [role="alert"]')).toBeNull()
  })
})
