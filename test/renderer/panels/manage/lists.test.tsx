// @vitest-environment happy-dom
import { act } from 'react'
import { describe, expect, it } from 'vitest'
import type { ManagerInfo } from '../../../../src/core/manage/inventory.ts'
import { asSentence } from '../../../../src/renderer/panels/manage/as-sentence.ts'
import { listContainers, listNetworks } from '../../../../src/renderer/panels/manage/list-objects.ts'
import { ManagePanel } from '../../../../src/renderer/panels/manage/manage-panel.tsx'
import { MenuButton } from '../../../../src/renderer/panels/manage/menu-button.tsx'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import { createAppStore } from '../../../../src/renderer/store/store.ts'
import { makeHost } from '../../support/sample-host.ts'
import { render } from '../render.tsx'

const INFO: ManagerInfo = { kind: 'sandbox', generation: 28, undo: null, redo: null, lacks: ['a sandbox has no logs'] }
const host = makeHost({ containers: 3, networks: 2, names: ['web', 'db', 'cache'] })

function panel(info: ManagerInfo | null) {
  const store = createAppStore({ host, mode: 'manage' })
  store.setState(({ manage }) => ({
    manage: { ...manage, info, scenes: [{ name: 'my-net', title: 'My net', description: '' }] },
  }))
  const page = render(
    <AppStoreContext value={store}>
      <ManagePanel />
    </AppStoreContext>,
  )
  return { store, page }
}

describe('the rows', () => {
  const store = createAppStore({ host })
  it('offer what can be done, and say why the rest cannot', () => {
    const web = listContainers(host, INFO, store.getState()).find(({ title }) => title === 'web')
    expect(web?.actions.find(({ id }) => id === 'logs')?.impossible).toBe('a sandbox has no logs')
    expect(web?.actions.map(({ id }) => id)).toEqual(expect.arrayContaining(['stop', 'connect', 'rename', 'remove']))
  })

  it('offer nothing where the host cannot be changed', () => {
    for (const row of listNetworks(host, null, store.getState())) expect(row.actions).toEqual([])
  })
})

describe('the panel', () => {
  it('moves with the arrows, and removes after a question', () => {
    const { store, page } = panel(INFO)
    const rows = [...page.box.querySelectorAll<HTMLElement>('[aria-label="Containers"] .object-row')]
    page.focus(rows[0])
    page.press('ArrowDown')
    expect(document.activeElement).toBe(rows[1])
    page.press('Delete')
    expect(store.getState().manage.dialog).toMatchObject({ kind: 'confirm', action: { kind: 'remove-container' } })
  })

  it('keeps the focus when a row gets another name, and gives it to the next one when a row goes', () => {
    const { store, page } = panel(INFO)
    const rows = () => [...page.box.querySelectorAll<HTMLElement>('[aria-label="Containers"] .object-row')]
    const show = (containers: typeof host.containers) => act(() => store.setState({ host: { ...host, containers } }))
    page.focus(rows()[1])
    const [first, second, third] = rows().map((row) =>
      host.containers.find(({ name }) => name === row.querySelector('b')?.textContent),
    )
    if (first === undefined || second === undefined || third === undefined) throw new Error('three containers')
    show([first, { ...second, name: `${second.name}2` }, third])
    expect(document.activeElement?.textContent).toContain(`${second.name}2`)
    show([first, third])
    expect(document.activeElement?.textContent).toContain(third.name)
    show([first])
    expect(document.activeElement?.textContent).toContain(first.name)
  })

  it('leads from a host that cannot be changed to the sandbox', () => {
    const { page } = panel(null)
    expect(page.find('.not-managed button').textContent).toBe('Try it in the sandbox')
    expect(page.box.querySelector('[aria-label="Create a network"]')).toBeNull()
  })

  it('says what undo would do', () => {
    const { page } = panel({ ...INFO, undo: 'network my-net created' })
    const [undo, redo] = page.box.querySelectorAll('.manage-bar .quiet')
    expect(undo?.getAttribute('title')).toBe('Undo: network my-net created (Ctrl+Z)')
    expect(redo?.getAttribute('aria-disabled')).toBe('true')
  })
})

describe('a menu', () => {
  const item = (id: string, impossible: string | null, run: () => void) => ({ id, label: id, impossible, run })

  it('opens with its first line, moves round, and leaves out what cannot be', () => {
    const chosen: string[] = []
    const items = ['a', 'b', 'c'].map((id) => item(id, id === 'b' ? 'not now' : null, () => chosen.push(id)))
    const page = render(
      <MenuButton label="More" items={items}>
        ⋯
      </MenuButton>,
    )
    page.click(page.find('button'))
    expect(document.activeElement?.textContent).toBe('a')
    page.press('ArrowUp')
    expect(document.activeElement?.textContent).toBe('c')
    page.press('ArrowUp')
    page.click(document.activeElement)
    expect(chosen).toEqual([])
    page.press('Home')
    page.click(document.activeElement)
    expect(chosen).toEqual(['a'])
    expect(document.activeElement).toBe(page.find('button'))
  })

  it('closes with Escape and gives the focus back', () => {
    const page = render(
      <MenuButton label="More" items={[item('a', null, () => undefined)]}>
        ⋯
      </MenuButton>,
    )
    page.click(page.find('button'))
    page.press('Escape')
    expect(page.box.querySelector('[role="menu"]')).toBeNull()
    expect(document.activeElement).toBe(page.find('button'))
  })

  it('closes when the window changes its size, since it would stay where its button no longer is', () => {
    const page = render(
      <MenuButton label="More" items={[item('a', null, () => undefined)]}>
        ⋯
      </MenuButton>,
    )
    page.click(page.find('button'))
    act(() => void window.dispatchEvent(new Event('resize')))
    expect(page.box.querySelector('[role="menu"]')).toBeNull()
  })
})

describe('a sentence', () => {
  it('begins with a capital, unless a name stands first', () => {
    expect(asSentence('without a parent Docker makes a device')).toBe('Without a parent Docker makes a device.')
    expect(asSentence('web runs no more')).toBe('web runs no more.')
    expect(asSentence('in-house is taken')).toBe('in-house is taken.')
  })
})
