import { describe, expect, test } from 'vitest'
import { ConsoleDesk } from '../../../../src/backend/manage/console/console-desk.ts'
import { openSandboxTerminal } from '../../../../src/backend/manage/console/sandbox-terminal.ts'
import type { LogHandler, Manager } from '../../../../src/backend/manage/manager.ts'
import { createSandboxSource } from '../../../../src/backend/sources/sandbox-source.ts'
import { createCanceller } from '../../../../src/protocol/cancel-signal.ts'

const SIZE = { columns: 80, rows: 24 }

/** A desk over a sandbox's terminals, and logs that a test writes by hand. */
function openDesk(manager: Partial<Manager> | null = {}) {
  const events: { readonly event: string; readonly payload: Record<string, unknown> }[] = []
  const source = createSandboxSource('my-net')
  const logs: LogHandler[] = []
  const own = {
    openTerminal: (container, command, _size, handler) => openSandboxTerminal(source, container, command, handler),
    openLogs: async (_container, _tail, handler) => {
      logs.push(handler)
      handler.onLines([{ stream: 'stdout', at: null, text: 'early' }])
      return { ok: true, value: { close: () => handler.onEnd() } }
    },
    ...manager,
  } as Manager
  const desk = new ConsoleDesk({
    manager: () => (manager === null ? null : own),
    emit: (event, payload) => void events.push({ event, payload: payload as unknown as Record<string, unknown> }),
  })
  const exits = () => events.filter(({ payload }) => typeof payload['exitCode'] === 'number')
  return { desk, events, exits, logs }
}

const context = () => ({ signal: createCanceller().signal })

describe('logs and terminals of a backend', () => {
  test('tell nothing before their id is known', async () => {
    const { desk, events } = openDesk()
    const opened = await desk.methods.openLogs({ container: 'container100', tail: 10 }, context())
    expect(events).toEqual([])
    await expect.poll(() => events.length).toBe(1)
    expect(opened).toMatchObject({ ok: true, value: { id: events[0]?.payload['id'] } })
  })

  test('end with the client that opened them, and with the backend', async () => {
    const { desk, exits } = openDesk()
    const client = createCanceller()
    const ask = (gone = createCanceller().signal) =>
      desk.methods.openTerminal({ container: 'container100', command: [], ...SIZE }, { ...context(), gone })
    await Promise.all([ask(client.signal), ask(client.signal), ask()])
    client.cancel()
    await expect.poll(() => exits().length).toBe(2)
    desk.close()
    await expect.poll(() => exits().length).toBe(3)
    await ask()
    await expect.poll(() => exits().length).toBe(4)
  })

  test('a client that goes while it waits leaves nothing open', async () => {
    const { desk, exits } = openDesk()
    const client = createCanceller()
    const asked = desk.methods.openTerminal(
      { container: 'container100', command: [], ...SIZE },
      { ...context(), gone: client.signal },
    )
    client.cancel()
    await asked
    await expect.poll(() => exits().length).toBe(1)
  })

  test('are refused beyond a number, where there is no host, and once they have ended', async () => {
    const { desk } = openDesk()
    const open = () => desk.methods.openLogs({ container: 'container100', tail: 0 }, context())
    for (let count = 0; count < 32; count += 1) expect((await open()).ok).toBe(true)
    expect(await open()).toMatchObject({ ok: false, failure: { message: /32 logs and terminals are open/ } })
    const none = openDesk(null)
    expect(await none.desk.methods.openLogs({ container: 'x', tail: 0 }, context())).toMatchObject({
      ok: false,
      failure: { code: 'not-managed' },
    })
    expect(await desk.methods.writeTerminal({ id: 'gone', data: 'x' }, context())).toMatchObject({ ok: false })
    expect(await desk.methods.closeTerminal({ id: 'gone' }, context())).toEqual({ ok: true, value: {} })
  })
})
