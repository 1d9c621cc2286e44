import { describe, expect, it } from 'vitest'
import { planWatch } from '../../../src/core/watch/plan-watch.ts'
import type { WatchTarget } from '../../../src/core/watch/watch.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const state = readStandardHost()
const plan = (target: WatchTarget) => {
  const outcome = planWatch(state, target)
  if (!outcome.ok) return `${outcome.message} (${outcome.hint})`
  const { label, listsAll, places } = outcome.plan
  return {
    label,
    listsAll,
    places: places.map(({ netns, pid, scope, concerns }) => ({ at: netns.name, host: pid === 0, scope, concerns })),
  }
}

describe('planWatch', () => {
  it('listens to all of the host', () => {
    expect(plan({ kind: 'host' })).toEqual({
      label: 'host',
      listsAll: true,
      places: [{ at: 'host', host: true, scope: '', concerns: null }],
    })
  })

  it('listens in a container, and in the host to its addresses and to those that may stand for them', () => {
    expect(plan({ kind: 'container', name: 'c1' })).toEqual({
      label: 'container c1',
      listsAll: true,
      places: [
        { at: 'container:c1', host: false, scope: '', concerns: null },
        {
          at: 'host',
          host: true,
          scope: 'host 172.17.0.2 or host 198.51.100.20 or host 2001:db8:51::20',
          concerns: ['172.17.0.2'],
        },
      ],
    })
  })

  it('finds a container by its id', () => {
    const id = state.containers.find(({ name }) => name === 'web')?.id.slice(0, 12) ?? ''
    expect(plan({ kind: 'container', name: id })).toMatchObject({ label: 'container web' })
  })

  it('listens to a bridge network in the host, where all its ports are', () => {
    expect(plan({ kind: 'network', name: 'net-a' })).toMatchObject({
      places: [{ at: 'host', scope: expect.stringContaining('net 172.18.0.0/16 or ') as string }],
    })
  })

  it('confines an interface by its index, and shows no connection without a packet on it', () => {
    expect(plan({ kind: 'device', netns: 'container:c1', device: 'eth0' })).toEqual({
      label: 'eth0 in container:c1',
      listsAll: false,
      places: [{ at: 'container:c1', host: false, scope: 'ifindex 2', concerns: null }],
    })
    expect(plan({ kind: 'device', netns: 'host', device: 'docker0' })).toMatchObject({
      places: [{ at: 'host', host: true, scope: 'ifindex 3' }],
    })
  })

  it.each<[WatchTarget, string]>([
    [{ kind: 'container', name: 'nobody' }, 'there is no container "nobody"'],
    [{ kind: 'network', name: 'none' }, 'network "none" carries nothing'],
    [{ kind: 'network', name: 'net-z' }, 'there is no network "net-z"'],
    [{ kind: 'device', netns: 'container:x', device: 'eth0' }, 'there is no namespace "container:x"'],
    [
      { kind: 'device', netns: 'container:c1', device: 'eth7' },
      'there is no interface "eth7" in container:c1 (it has lo',
    ],
  ])('says why %j cannot be watched', (target, why) => {
    expect(plan(target)).toContain(why)
  })

  it('says so of a container that does not run', () => {
    const stopped = state.containers.map((one) =>
      one.name === 'c1' ? { ...one, state: 'exited' as const, pid: 0, namespace: null } : one,
    )
    expect(planWatch({ ...state, containers: stopped }, { kind: 'container', name: 'c1' })).toEqual({
      ok: false,
      message: 'container "c1" is not running',
      hint: 'start it with: docker start c1',
    })
  })

  it('listens inside the containers of a network whose packets do not pass the host', () => {
    const networks = state.networks.map((one) => (one.name === 'net-a' ? { ...one, driver: 'macvlan' } : one))
    const outcome = planWatch({ ...state, networks }, { kind: 'network', name: 'net-a' })
    expect(outcome.ok && outcome.plan.places.map(({ netns, scope }) => `${netns.name} ${scope}`)).toEqual([
      'container:a1 net 172.18.0.0/16',
      'container:a2 net 172.18.0.0/16',
    ])
    expect(outcome.ok && outcome.plan.lacks).toHaveLength(1)
  })
})
