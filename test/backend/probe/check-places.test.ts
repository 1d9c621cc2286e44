import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/backend/docker/engine.ts'
import { createTrafficKeeper } from '../../../src/backend/probe/traffic.ts'
import { createWatchKeeper } from '../../../src/backend/probe/watch.ts'

/** As a state that only the API told names a container's namespace. */
const place = { netns: 'container:c1', inode: 'c0ffee', pid: 7, filter: 'icmp', rules: '-', checks: [] }
const watch = { id: '1', limit: 1, idle: 1, settle: 1, lengths: [], namespaces: [], send: null }
const UNREAD = 'nothing can be watched in a namespace that was not read with the privileged helper: c0ffee'

/** An engine that must not be asked for anything. */
function idle() {
  const asked: string[] = []
  const start = (what: string) => async () => {
    asked.push(what)
    throw new Error('started')
  }
  return { asked, engine: { follow: start('follow'), stream: start('stream') } as unknown as Engine }
}

describe('a watch in a namespace that the helper has not read', () => {
  it.each([
    ['to watch in', { ...watch, namespaces: [place] }],
    ['to send from', { ...watch, send: { inode: place.inode, pid: 7, words: [] } }],
  ])('is refused before anything is started: one %s', async (_, plan) => {
    const { asked, engine } = idle()
    await expect(createWatchKeeper(engine, 'helper').run(plan, () => undefined)).rejects.toThrow(UNREAD)
    expect(asked).toEqual([])
  })

  it('is refused before anything is started: one to listen in', async () => {
    const { asked, engine } = idle()
    const plan = { snapLength: 128, userFilter: '', places: [place] }
    const { signal } = new AbortController()
    const listening = createTrafficKeeper(engine, 'helper').run(plan, () => undefined, signal)
    await expect(listening).rejects.toThrow(UNREAD)
    expect(asked).toEqual([])
  })

  it('is none where all were read', async () => {
    const { asked, engine } = idle()
    const plan = { ...watch, namespaces: [{ ...place, inode: '4026531840' }] }
    await expect(createWatchKeeper(engine, 'helper').run(plan, () => undefined)).rejects.toThrow('started')
    expect(asked).toEqual(['follow'])
  })
})
