import { describe, expect, test } from 'vitest'
import { MOST_KEPT } from '../../../src/renderer/store/console-log.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { createConsoleDouble } from '../support/console-double.ts'

const SIZE = { columns: 80, rows: 24 }

function open() {
  const double = createConsoleDouble()
  const store = createAppStore({ mode: 'manage' })
  store.getState().followConsole(double.client)
  const tabs = () => store.getState().console.tabs
  return { double, store, tabs, act: store.getState() }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

function words(store: ReturnType<typeof open>['store'], key: string): readonly string[] {
  return store
    .getState()
    .consoleLog(key)
    .content()
    .lines.map(({ text }) => text)
}

describe('logs', () => {
  test('open once a container, keep their last lines, and end', async () => {
    const { double, store, tabs, act } = open()
    act.showLogs('web')
    act.showLogs('web')
    await settled()
    expect(double.calls).toEqual([['openLogs', { container: 'web', tail: 1000 }]])
    const key = tabs()[0]?.key ?? ''
    const line = (text: string) => ({ stream: 'stdout' as const, at: null, text })
    double.tell('logLines', { id: 'another', lines: [line('not ours')], ended: false })
    double.tell('logLines', { id: 'stream-1', lines: [line('a'), line('b')], ended: false })
    expect(words(store, key)).toEqual(['a', 'b'])
    const many = Array.from({ length: MOST_KEPT }, (_, index) => line(`${index}`))
    double.tell('logLines', { id: 'stream-1', lines: many, ended: true })
    expect(store.getState().consoleLog(key).content()).toMatchObject({ first: 2 })
    expect(words(store, key)).toHaveLength(MOST_KEPT)
    expect(tabs()[0]).toMatchObject({ stage: 'ended', note: 'ended' })
    // Turning to what has ended opens it again, from its beginning.
    act.showLogs('web')
    await settled()
    expect(tabs()).toHaveLength(1)
    expect(tabs()[0]).toMatchObject({ stage: 'open', round: 2 })
    expect(words(store, key)).toEqual([])
  })

  test('that cannot be opened say why', async () => {
    const { double, tabs, act } = open()
    double.refuse = { code: 'engine-refused', message: 'no such container: web' }
    act.showLogs('web')
    await settled()
    expect(tabs()[0]).toMatchObject({ stage: 'ended', note: 'No such container: web.' })
  })

  test('closed while they were being opened are closed in the backend, too', async () => {
    const { double, tabs, act } = open()
    const go = double.hold()
    act.showLogs('web')
    act.closeConsole(tabs()[0]?.key ?? '')
    go()
    await settled()
    expect(tabs()).toEqual([])
    expect(double.calls.at(-1)).toEqual(['closeLogs', { id: 'stream-1' }])
  })
})

describe('terminals', () => {
  test('take what is typed from the beginning, in its order', async () => {
    const { double, tabs, act } = open()
    const go = double.hold()
    act.showTerminal('c1')
    const key = tabs()[0]?.key ?? ''
    const printed: string[] = []
    void act.startTerminal(key, SIZE, (bytes) => printed.push(new TextDecoder().decode(bytes)))
    act.typeConsole(key, 'ec')
    act.typeConsole(key, 'ho')
    go()
    await settled()
    act.typeConsole(key, 'x'.repeat(20_000))
    act.resizeConsole(key, { columns: 100, rows: 30 })
    await settled()
    const typed = double.calls.filter(([method]) => method === 'writeTerminal').map(([, params]) => params['data'])
    expect(typed.join('')).toBe(`echo${'x'.repeat(20_000)}`)
    expect(typed.every((data) => String(data).length <= 8000)).toBe(true)
    expect(double.calls).toContainEqual(['resizeTerminal', { id: 'stream-1', columns: 100, rows: 30 }])
    double.tell('terminalOutput', { id: 'stream-1', data: btoa('hi'), exitCode: null })
    double.tell('terminalOutput', { id: 'stream-1', data: '', exitCode: 3 })
    expect(printed).toEqual(['hi'])
    expect(tabs()[0]).toMatchObject({ stage: 'ended', note: 'ended with 3' })
  })

  test('each is a tab of its own; closing one turns to its neighbour', () => {
    const { store, tabs, act } = open()
    for (const name of ['a', 'b', 'c']) act.showTerminal(name)
    const [first, second, third] = tabs().map(({ key }) => key)
    const current = () => store.getState().console.current
    expect(current()).toBe(third)
    act.turnToConsole(second ?? '')
    act.closeConsole(second ?? '')
    expect(current()).toBe(third)
    act.closeConsole(third ?? '')
    expect(current()).toBe(first)
    act.closeConsole(first ?? '')
    expect(current()).toBeNull()
  })

  test('end with the connection', async () => {
    const { tabs, act } = open()
    act.showTerminal('c1')
    await act.startTerminal(tabs()[0]?.key ?? '', SIZE, () => undefined)
    expect(tabs()[0]?.stage).toBe('open')
    act.followConsole(createConsoleDouble().client)
    expect(tabs()[0]).toMatchObject({ stage: 'ended', note: expect.stringContaining('connection') })
  })
})
