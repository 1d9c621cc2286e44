import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelHost } from '../../../../src/backend/manage/reach/model-host.ts'
import { listWays } from '../../../../src/backend/manage/reach/list-ways.ts'
import { predictReach, predictSceneReach } from '../../../../src/backend/manage/reach/predict-reach.ts'
import { traceWay } from '../../../../src/backend/manage/reach/trace-way.ts'
import { findPackageRoot } from '../../../../src/backend/package-root.ts'
import { makeSceneHost } from '../../../../src/backend/sources/make-scene-host.ts'
import type { HostState } from '../../../../src/core/host/host-state.ts'
import type { ManageAction } from '../../../../src/core/manage/action.ts'
import { applyAction } from '../../../../src/core/manage/apply-action.ts'
import { findProblems } from '../../../../src/core/manage/find-problems.ts'
import type { Reachability, ReachChange } from '../../../../src/core/manage/plan.ts'
import { predictRefusal } from '../../../../src/core/manage/predict-refusal.ts'
import type { Scene } from '../../../../src/core/synth/scene/scene.ts'
import { bridge, idle, sceneFor, webServer } from '../../../core/synth/scenes/make-scene.ts'

const signal = new AbortController().signal

function readHost(generation: 20 | 28): HostState {
  const path = join(findPackageRoot(), 'test', 'fixtures', 'scenarios', `standard-${generation}`, 'host.json')
  return JSON.parse(readFileSync(path, 'utf8')) as HostState
}

const tiers: Scene = sceneFor(
  {
    name: 'tiers',
    networks: [bridge('front'), bridge('back')],
    containers: [
      webServer('proxy', { networks: [{ network: 'front' }], ports: ['8080:80'] }),
      webServer('app', { networks: [{ network: 'front' }, { network: 'back' }] }),
      idle('db', 'back', { listens: ['5432/tcp'] }),
    ],
  },
  28,
)

async function inScene(scene: Scene, action: ManageAction): Promise<Reachability> {
  const applied = applyAction(scene, action)
  if (!applied.ok) throw new Error(applied.message)
  return valueOf(await predictSceneReach(scene, applied.scene, action, signal))
}

function valueOf(outcome: Awaited<ReturnType<typeof predictReach>>): Reachability {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  if (outcome.value === null) throw new Error('nothing was predicted')
  return outcome.value
}

const words = (changes: readonly ReachChange[]): readonly string[] =>
  changes.map(({ from, to, protocol, before, after }) => `${from} > ${to} ${protocol}: ${before} > ${after}`).sort()

describe('who reaches whom in a sandbox', () => {
  test('connecting opens the ways to the containers of that network, by name, and says why', async () => {
    const reach = await inScene(tiers, { kind: 'connect', container: 'proxy', endpoint: { network: 'back' } })
    expect(words(reach.opens)).toEqual([
      'db > proxy icmp: dropped > delivered',
      'db > proxy:80 tcp: dropped > delivered',
      'proxy > db icmp: dropped > delivered',
      'proxy > db:5432 tcp: dropped > delivered',
    ])
    expect([reach.closes, reach.changes, reach.unknown]).toEqual([[], [], null])
    expect(reach.opens.find(({ to }) => to === 'db:5432')?.why).toContain('container:db')
  })

  test('disconnecting closes them, and the reason is the rule that drops it', async () => {
    const reach = await inScene(tiers, { kind: 'disconnect', container: 'app', network: 'back' })
    const change = reach.closes.find(({ from, to }) => from === 'app' && to === 'db:5432')
    expect(change).toMatchObject({ before: 'delivered', after: 'dropped' })
    expect(change?.why).toContain('raw')
    expect(reach.opens).toEqual([])
  })

  test('what stops is reached no more, not from outside either', async () => {
    const reach = await inScene(tiers, { kind: 'container-verb', verb: 'stop', name: 'proxy' })
    expect(words(reach.closes)).toContain('outside > 198.51.100.20:8080 (proxy:80) tcp: delivered > absent')
    expect(reach.closes.map(({ why }) => why)).toContain('proxy does not run any more.')
  })

  test('what is run is reached where it listens, and what it publishes from outside', async () => {
    const container = { name: 'shop', image: 'nginx', ports: ['9000:80'], networks: [{ network: 'front' }] }
    const reach = await inScene(tiers, { kind: 'run-container', container })
    const opens = words(reach.opens)
    expect(opens).toContain('proxy > shop:80 tcp: absent > delivered')
    expect(opens).toContain('outside > 198.51.100.20:9000 (shop:80) tcp: absent > delivered')
    expect(opens).toContain('shop > the Internet icmp: absent > leaves-host')
    expect(opens.some((each) => each.startsWith('db > shop'))).toBe(false)
  })

  test.each([
    [{ kind: 'rename-container', name: 'db', to: 'store' }],
    [{ kind: 'create-network', network: { name: 'later' } }],
    [{ kind: 'container-verb', verb: 'restart', name: 'db' }],
  ] satisfies readonly (readonly [ManageAction])[])('%j opens and closes nothing', async (action) => {
    const { opens, closes, changes, checked, unknown } = await inScene(tiers, action)
    expect([opens, closes, changes, unknown]).toEqual([[], [], [], null])
    expect(checked).toBeGreaterThan(15)
  })

  test('no more ways are traced than there is time for, those of the change first, and that is told', async () => {
    const crowd = sceneFor(
      { name: 'crowd', networks: [], containers: Array.from({ length: 26 }, (_, index) => idle(`many${index}`)) },
      28,
    )
    const reach = await inScene(crowd, { kind: 'container-verb', verb: 'stop', name: 'many7' })
    expect(reach.checked).toBe(500)
    expect(reach.closes).toHaveLength(2 * 25 + 2)
    expect(reach.unknown).toMatch(/^\d+ more ways, which the change touches least, were not looked at$/)
  })

  test('it can be cancelled', async () => {
    const abort = new AbortController()
    const action: ManageAction = { kind: 'disconnect', container: 'app', network: 'back' }
    const applied = applyAction(tiers, action)
    const predicting = predictSceneReach(tiers, applied.ok ? applied.scene : tiers, action, abort.signal)
    abort.abort()
    expect(await predicting).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
  })
})

describe.each([20, 28] as const)('the model of a real host of Docker %s', (generation) => {
  const host = readHost(generation)

  test('ends every way as the host does', () => {
    const { scene, left } = modelHost(host)
    const made = makeSceneHost(scene, 'model')
    if (!made.ok) throw new Error(made.failure.message)
    const ways = listWays({ scene, state: made.value })
    const [real, model] = [host, made.value].map((state) =>
      ways.map((way) => `${way.from} > ${way.to} ${way.flow.protocol}: ${traceWay(state, way).disposition}`),
    )
    expect(model).toEqual(real)
    expect([left, ways.length > 150]).toEqual([[], true])
  })

  test('tells what a change would do to it', async () => {
    const action: ManageAction = { kind: 'connect', container: 'a1', endpoint: { network: 'net-b' } }
    const reach = valueOf(await predictReach(host, action, signal))
    expect(words(reach.opens)).toContain('a1 > b1:80 tcp: dropped > delivered')
    expect([reach.closes, reach.unknown]).toEqual([[], null])
  })

  test('what is assumed of a container that is yet to run is told', async () => {
    const container = { name: 'late', image: 'acme', ports: ['8099:8000'] }
    const reach = valueOf(await predictReach(host, { kind: 'run-container', container }, signal))
    expect(words(reach.opens).some((each) => each.includes(':8099 (late:8000) tcp: absent > delivered'))).toBe(true)
    expect(reach.unknown).toBe('late is taken to listen on 8000/tcp')
  })

  test('a container that was stopped publishes what it asked for when it starts', async () => {
    const [web] = host.containers.filter(({ name }) => name === 'web')
    if (web === undefined) throw new Error('no web')
    const bare = web.endpoints.map((each) => ({ ...each, ipv4: null, ipv6: null, gateway: null, mac: null }))
    const stopped = {
      ...web,
      ...({ state: 'exited', pid: 0, namespace: null, resolvConf: null, hosts: null, published: [] } as const),
      endpoints: bare,
      asked: ['8088:80/tcp'],
    }
    const containers = host.containers.map((one) => (one === web ? stopped : one))
    const namespaces = host.namespaces.filter(({ id }) => id !== web.namespace)
    const start: ManageAction = { kind: 'container-verb', verb: 'start', name: 'web' }
    const reach = valueOf(await predictReach({ ...host, containers, namespaces }, start, signal))
    expect(words(reach.opens).some((each) => each.includes(':8088 (web:80) tcp: absent > delivered'))).toBe(true)
    // Docker takes ports as it starts containers, not as it makes them.
    const taken = { ...stopped, asked: ['8082:80/tcp'] }
    const beside = host.containers.map((one) => (one === web ? taken : one))
    expect(predictRefusal({ ...host, containers: beside, namespaces }, start)).toMatch(
      /endpoint web.*: Bind for 0\.0\.0\.0:8082 failed: port is already allocated$/,
    )
    const run = { kind: 'run-container', container: { name: 'new', image: 'i', ports: ['8088:80'] } } as const
    expect(predictRefusal({ ...host, containers, namespaces }, run)).toBeNull()
    expect(findProblems({ ...host, containers, namespaces }, run)).toEqual([])
  })

  test('a rule of the user is in it, and holds for what comes', async () => {
    const guarded = withUserRule(host, '-A DOCKER-USER -p icmp -j DROP')
    const action: ManageAction = { kind: 'connect', container: 'a1', endpoint: { network: 'bridge' } }
    const open = valueOf(await predictReach(host, action, signal))
    const shut = valueOf(await predictReach(guarded, action, signal))
    expect(words(open.opens)).toContain('a1 > c1 icmp: dropped > delivered')
    expect(words(shut.opens)).not.toContain('a1 > c1 icmp: dropped > delivered')
  })

  test('an action that would be refused has no consequences', async () => {
    const action: ManageAction = { kind: 'connect', container: 'a1', endpoint: { network: 'nowhere' } }
    expect(await predictReach(host, action, signal)).toEqual({ ok: true, value: null })
  })
})

/** The host after `iptables -I DOCKER-USER ...` and with bridged traffic going through its rules. */
function withUserRule(host: HostState, text: string): HostState {
  const [root, ...others] = host.namespaces
  if (root === undefined) throw new Error('the host has no namespace')
  const drop = { text, matches: [{ kind: 'protocol', negated: false, protocol: 'icmp' }], target: { kind: 'drop' } }
  const iptables = (root.rulesets.iptables ?? []).map((table) =>
    table.family !== 'ip' || table.name !== 'filter'
      ? table
      : {
          ...table,
          chains: table.chains.map((chain) =>
            chain.name === 'DOCKER-USER' ? { ...chain, rules: [drop, ...chain.rules] } : chain,
          ),
        },
  )
  return { ...host, namespaces: [{ ...root, rulesets: { ...root.rulesets, iptables } } as never, ...others] }
}
