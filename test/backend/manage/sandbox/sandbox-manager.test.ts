import { describe, expect, test } from 'vitest'
import type { Performed } from '../../../../src/backend/manage/manager.ts'
import { makeSceneHost } from '../../../../src/backend/sources/make-scene-host.ts'
import type { ManageAction } from '../../../../src/core/manage/action.ts'
import { applyAction } from '../../../../src/core/manage/apply-action.ts'
import { checkScene } from '../../../../src/core/synth/scene/check-scene.ts'
import type { Flow } from '../../../../src/core/trace/flow.ts'
import { idle } from '../../../core/synth/scenes/make-scene.ts'
import { base, ending, openScene, perform, quiet, signal, valueOf } from './open-scene.ts'

async function goBack({ back }: Performed): Promise<Performed> {
  if (back === null) throw new Error('there is no way back')
  return valueOf(await back.run(quiet, signal))
}

/** Every kind of action, each of which Docker would do on that scene. */
const ACTIONS: readonly ManageAction[] = [
  { kind: 'create-network', network: { name: 'fresh', subnets: [{ subnet: '10.30.0.0/24' }], internal: true } },
  { kind: 'remove-network', name: 'unused' },
  { kind: 'prune-networks' },
  {
    kind: 'connect',
    container: 'client',
    endpoint: { network: 'net-b', ipv4: '10.20.0.77', aliases: ['friend'], priority: 5 },
  },
  { kind: 'disconnect', container: 'client', network: 'net-a' },
  {
    kind: 'run-container',
    container: { name: 'db', image: 'mongo', networks: [{ network: 'net-a', aliases: ['store'] }], env: ['A=b'] },
  },
  { kind: 'container-verb', verb: 'start', name: 'halted' },
  { kind: 'container-verb', verb: 'stop', name: 'web' },
  { kind: 'container-verb', verb: 'restart', name: 'web' },
  { kind: 'container-verb', verb: 'pause', name: 'web' },
  { kind: 'rename-container', name: 'web', to: 'www' },
  { kind: 'remove-container', name: 'web' },
]

describe.each([20, 28, 29] as const)('a sandbox of Docker %s', (generation) => {
  test.each(ACTIONS.map((action) => [`${action.kind} ${'verb' in action ? action.verb : ''}`, action] as const))(
    '%s makes the host of the edited scene; undo and redo are exact',
    async (_what, action) => {
      const opened = await openScene(base(generation))
      const before = valueOf(await opened.source.load())
      const applied = applyAction(base(generation), action)
      if (!applied.ok) throw new Error(applied.message)
      expect(checkScene(JSON.parse(JSON.stringify(applied.scene)))).toMatchObject({ ok: true })

      const done = valueOf(await perform(opened, action))
      const after = valueOf(await opened.source.load())
      expect(after).toEqual(valueOf(makeSceneHost(applied.scene, 'again')))

      const undone = await goBack(done)
      expect(valueOf(await opened.source.load())).toEqual(before)
      expect(opened.source.scene()).toEqual(base(generation))
      const redone = await goBack(undone)
      expect(valueOf(await opened.source.load())).toEqual(after)
      await goBack(redone)
      expect(valueOf(await opened.source.load())).toEqual(before)
    },
  )

  test('what an edit does can be traced', async () => {
    const opened = await openScene(base(generation))
    const ask: Flow = { from: 'client', to: 'web', protocol: 'tcp', destinationPort: 80 }
    expect(await ending(opened, ask)).toBe('delivered')
    await perform(opened, { kind: 'disconnect', container: 'client', network: 'net-a' })
    expect(await ending(opened, ask)).toBe('no-route')
    await perform(opened, { kind: 'connect', container: 'client', endpoint: { network: 'net-a' } })
    expect(await ending(opened, ask)).toBe('delivered')
    await perform(opened, { kind: 'rename-container', name: 'web', to: 'www' })
    expect(await ending(opened, { ...ask, to: 'www' })).toBe('delivered')
    await perform(opened, { kind: 'container-verb', verb: 'stop', name: 'www' })
    expect(await ending(opened, { ...ask, to: 'www' })).not.toBe('delivered')
  })

  test('a rename keeps the id, the addresses and the MAC; a new one of the old name is another container', async () => {
    const opened = await openScene(base(generation))
    const named = async (name: string) =>
      valueOf(await opened.source.load()).containers.find((container) => container.name === name)
    const before = await named('web')
    await perform(opened, { kind: 'rename-container', name: 'web', to: 'www' })
    const after = await named('www')
    const [was, is] = [before, after].map((one) => [one?.id, one?.namespace, one?.hostname, one?.published])
    expect(is).toEqual(was)
    expect(after?.endpoints.map(({ ipv4, mac }) => [ipv4, mac])).toEqual(
      before?.endpoints.map(({ ipv4, mac }) => [ipv4, mac]),
    )
    await perform(opened, { kind: 'run-container', container: { name: 'web', image: 'nginx' } })
    const ids = valueOf(await opened.source.load()).containers.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    await perform(opened, { kind: 'remove-container', name: 'www' })
    const renamed = await named('web')
    await perform(opened, { kind: 'create-network', network: { name: 'later' } })
    expect((await named('web'))?.id).toBe(renamed?.id)
  })

  const word = generation === 20 ? 'Container' : 'container'
  const refusals: readonly (readonly [ManageAction, string | RegExp, string])[] = [
    [{ kind: 'create-network', network: { name: 'net-a' } }, 'network with name net-a already exists', 'network.name'],
    [
      { kind: 'create-network', network: { name: 'x', options: { 'com.docker.network.bridge.enable_icc': 'maybe' } } },
      'failed to parse com.docker.network.bridge.enable_icc value: maybe (strconv.ParseBool: parsing "maybe": invalid syntax)',
      'network.options["com.docker.network.bridge.enable_icc"]',
    ],
    [
      { kind: 'remove-network', name: 'net-a' },
      /^error while removing network: network net-a .*has active endpoints/,
      'name',
    ],
    [{ kind: 'remove-network', name: 'bridge' }, 'bridge is a pre-defined network and cannot be removed', 'name'],
    [{ kind: 'remove-network', name: 'nowhere' }, 'network nowhere not found', 'name'],
    [
      { kind: 'connect', container: 'client', endpoint: { network: 'net-a' } },
      'endpoint with name client already exists in network net-a',
      'endpoint.network',
    ],
    [
      { kind: 'connect', container: 'client', endpoint: { network: 'none' } },
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
      'endpoint.network',
    ],
    [
      { kind: 'disconnect', container: 'client', network: 'net-b' },
      /^container [0-9a-f]{64} is not connected to network net-b$/,
      'network',
    ],
    [
      { kind: 'disconnect', container: 'halted', network: 'net-a' },
      /^container [0-9a-f]{64} is not connected to the network net-a$/,
      'network',
    ],
    [
      { kind: 'run-container', container: { name: 'web', image: 'nginx' } },
      /^Conflict\. The container name "\/web" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\)/,
      'container.name',
    ],
    [
      { kind: 'run-container', container: { name: 'late', image: 'nobody/knows' } },
      'No such image: nobody/knows:latest',
      'container.image',
    ],
    [
      { kind: 'run-container', container: { name: 'late', image: 'nginx', ports: ['8080:80'] } },
      /Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/,
      'container.ports[0]',
    ],
    [
      { kind: 'run-container', container: { name: 'late', image: 'busybox', networkMode: 'container:halted' } },
      generation === 20
        ? /^cannot join network of a non running container: [0-9a-f]{64}$/
        : 'cannot join network namespace of a non running container: container halted is exited',
      'container.networkMode',
    ],
    [{ kind: 'container-verb', verb: 'unpause', name: 'web' }, /^Container [0-9a-f]{64} is not paused$/, 'name'],
    [
      { kind: 'container-verb', verb: 'pause', name: 'halted' },
      new RegExp(`^${word} [0-9a-f]{64} is not running$`),
      'name',
    ],
    [
      { kind: 'rename-container', name: 'web', to: 'web' },
      'Renaming a container with the same name as its current name',
      'to',
    ],
    [
      { kind: 'rename-container', name: 'web', to: 'client' },
      /^Error when allocating new name: Conflict\. The container name "\/client"/,
      'to',
    ],
    [{ kind: 'remove-container', name: 'nobody' }, 'No such container: nobody', 'name'],
  ]

  test.each(refusals.map(([action, words, at]) => [JSON.stringify(action), action, words, at] as const))(
    '%s is refused in the words of Docker, planned and done',
    async (_what, action, words, at) => {
      const opened = await openScene(base(generation))
      const before = valueOf(await opened.source.load())
      const planned = valueOf(await opened.manager.plan(action, true, signal))
      const done = await perform(opened, action)
      if (done.ok) throw new Error('it was done')
      const { code, message } = done.failure
      expect(code).toBe('engine-refused')
      if (typeof words === 'string') expect(message).toBe(words)
      else expect(message).toMatch(words)
      expect(planned.problems[0]).toMatchObject({ severity: 'error', message })
      expect([done.failure.at, planned.problems[0]?.at]).toEqual([at, at])
      expect(planned.reach).toBeNull()
      // What `docker run` has created and cannot start, the manager removes again, as on a real engine.
      expect('back' in done).toBe(false)
      expect(valueOf(await opened.source.load())).toEqual(before)
      expect(opened.source.scene()).toEqual(base(generation))
    },
  )

  test('what a command line created and could not start: its name is taken, it can be started later and removed', async () => {
    const late = { name: 'late', image: 'nginx', networks: [{ network: 'net-a' }], ports: ['8080:80'] }
    const run: ManageAction = { kind: 'run-container', container: late }
    const start: ManageAction = { kind: 'container-verb', verb: 'start', name: 'late' }
    const typed = applyAction(base(generation), run)
    if (typed.ok || typed.left === undefined) throw new Error('nothing is left')
    const opened = await openScene(typed.left)
    const created = valueOf(await opened.source.load()).containers.find(({ name }) => name === 'late')
    expect(created).toMatchObject({ state: 'created', pid: 0, published: [], asked: ['8080:80/tcp'] })
    expect(created?.endpoints).toMatchObject([{ networkName: 'net-a', ipv4: null, mac: null }])
    const inspected = valueOf(await opened.manager.inspect('container', 'late', signal))
    expect(JSON.parse(inspected.raw)).toMatchObject({ State: { Status: 'created' }, NetworkSettings: { Ports: {} } })

    const again = await perform(opened, run)
    expect(again.ok ? '' : again.failure.message).toMatch(/^Conflict\. The container name "\/late" is already in use/)
    const early = await perform(opened, start)
    expect(early.ok ? '' : early.failure.message).toMatch(/Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/)
    valueOf(await perform(opened, { kind: 'remove-container', name: 'web' }))
    valueOf(await perform(opened, start))
    const started = valueOf(await opened.source.load()).containers.find(({ name }) => name === 'late')
    expect(started?.published.map(({ hostPort }) => hostPort)).toContain(8080)
    expect(await ending(opened, { from: 'client', to: 'late', protocol: 'tcp', destinationPort: 80 })).toBe('delivered')
    valueOf(await perform(opened, { kind: 'remove-container', name: 'late' }))
    expect(opened.source.scene()?.memory?.tried).toBeUndefined()
  })

  test('what is stopped to start again and cannot is left stopped', async () => {
    const beside = idle('beside', undefined, { networkMode: 'container:client' })
    const opened = await openScene({ ...base(generation), containers: [...base(generation).containers, beside] })
    valueOf(await perform(opened, { kind: 'container-verb', verb: 'stop', name: 'client' }))
    const before = valueOf(await opened.source.load())
    const restarted = await perform(opened, { kind: 'container-verb', verb: 'restart', name: 'beside' })
    if (restarted.ok || !('back' in restarted)) throw new Error('it runs on')
    expect(restarted.failure.message).toMatch(/^Cannot restart container beside: cannot join network /)
    const stateOf = async () =>
      valueOf(await opened.source.load()).containers.find(({ name }) => name === 'beside')?.state
    expect(await stateOf()).toBe('exited')
    valueOf(await restarted.back.run(quiet, signal))
    expect(await stateOf()).toBe('running')
    expect(valueOf(await opened.source.load())).toEqual(before)
  })
})
