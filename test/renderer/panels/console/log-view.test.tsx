// @vitest-environment happy-dom
import { act } from 'react'
import { beforeEach, describe, expect, test } from 'vitest'
import { ConsoleFoot } from '../../../../src/renderer/panels/console/console-foot.tsx'
import { AppStoreContext } from '../../../../src/renderer/store/hooks.ts'
import { createAppStore } from '../../../../src/renderer/store/store.ts'
import type { LogLine } from '../../../../src/protocol/manage-methods.ts'
import { createConsoleDouble } from '../../support/console-double.ts'
import { render, type Rendered } from '../render.tsx'

const AT = '2026-01-31T12:00:00.123456789Z'
const line = (text: string, stream: LogLine['stream'] = 'stdout'): LogLine => ({ stream, at: AT, text })

let double: ReturnType<typeof createConsoleDouble>
let store: ReturnType<typeof createAppStore>
let view: Rendered

const tell = (...lines: readonly LogLine[]) =>
  act(() => double.tell('logLines', { id: 'stream-1', lines, ended: false }))
const rows = () => [...view.box.querySelectorAll('.log-row')].map((row) => row.textContent)
const button = (name: RegExp) =>
  [...view.box.querySelectorAll('button')].find((each) => name.test(each.textContent ?? '')) ?? null

beforeEach(async () => {
  double = createConsoleDouble()
  store = createAppStore({ mode: 'manage' })
  store.getState().followConsole(double.client)
  store.getState().showLogs('web')
  await new Promise((resolve) => setTimeout(resolve, 0))
  view = render(
    <AppStoreContext value={store}>
      <ConsoleFoot />
    </AppStoreContext>,
  )
})

describe('a log on show', () => {
  test('tells both outputs apart, and shows times where they are wanted', () => {
    expect(view.box.textContent).toContain('Nothing has been printed yet')
    tell(line('fine'), line('broken', 'stderr'), { stream: 'note', at: null, text: 'left out' })
    expect(rows()).toEqual(['12:00:00.123 fine', '12:00:00.123Ebroken', '…left out'])
    view.click(button(/^Times/))
    expect(rows()).toEqual([' fine', 'Ebroken', '…left out'])
  })

  test('is searched from its newest line back, and stands still meanwhile', () => {
    tell(line('one x'), line('two'), line('three X'))
    view.type(view.find('input[type="search"]'), 'x')
    expect(view.find('output').textContent).toBe('2 of 2')
    expect([...view.box.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['x', 'X'])
    const current = () => view.find('.log-row.current').textContent
    view.press('Enter', view.find('input[type="search"]'))
    expect(current()).toContain('three X')
    view.press('Enter', view.find('input[type="search"]'))
    expect(current()).toContain('one x')
    tell(line('four x'))
    expect(view.find('output').textContent).toBe('1 of 2')
    view.press('Enter', view.find('input[type="search"]'), { shiftKey: true })
    expect(current()).toContain('three X')
    view.click(button(/^Follow \(1 new\)$/))
    expect(rows()).toHaveLength(4)
    view.type(view.find('input[type="search"]'), 'nowhere')
    expect(view.find('output').textContent).toBe('none')
  })

  test('is left with the arrows, closed with Delete, and had again when it has ended', async () => {
    act(() => store.getState().showLogs('db'))
    await act(async () => new Promise((resolve) => setTimeout(resolve, 0)))
    const tab = (name: string) => view.find(`[role="tab"][title^="Log of ${name}"]`)
    view.press('ArrowLeft', tab('db'))
    expect(tab('web').getAttribute('aria-selected')).toBe('true')
    act(() => double.tell('logLines', { id: 'stream-1', lines: [], ended: true }))
    expect(tab('web').textContent).toContain('ended')
    view.click(button(/^Follow again$/))
    expect(double.calls.filter(([method]) => method === 'openLogs')).toHaveLength(3)
    view.press('Delete', tab('web'))
    expect(store.getState().console.tabs.map(({ container }) => container)).toEqual(['db'])
  })
})
