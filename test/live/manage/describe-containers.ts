import { expect, it } from 'vitest'
import type { ContainerVerb, ManageAction } from '../../../src/core/manage/action.ts'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import { busyboxImage } from '../../lab/index.ts'
import { create, idle, run } from './actions.ts'
import { calm, type DrivenHost, value } from './driven-host.ts'
import { asDriven, withoutNothing } from './plain-object.ts'

/** Containers run, changed and removed, and each taken back and done again. */
export function describeContainers(host: () => DrivenHost): void {
  it('runs a container, takes it back and does it again', async () => {
    const done = await host().do(run(idle('c1', { ports: ['18081:80'] })))
    expect(done).toMatchObject({ did: 'container c1 runs', undo: 'container c1 runs', notes: [] })
    const made = await host().look('container', 'c1')
    await host().undo()
    expect(await host().names('container')).toEqual([])
    await host().redo()
    expect(await host().look('container', 'c1')).toEqual(made)
  })

  const state = (name: string): Promise<string> => host().docker('inspect', '-f', '{{.State.Status}}', name)
  const verb = (which: ContainerVerb): ManageAction => ({ kind: 'container-verb', verb: which, name: 'c1' })

  it('stops, starts, pauses, goes on and restarts, and takes each back', async () => {
    await host().do(run(idle('c1')))
    const steps: readonly (readonly [ContainerVerb, string, string | null])[] = [
      ['pause', 'paused', 'running'],
      ['stop', 'exited', 'running'],
      ['restart', 'running', null],
    ]
    for (const [which, then, back] of steps) {
      expect((await host().do(verb(which))).undo === null).toBe(back === null)
      expect(await state('c1')).toBe(`${then}\n`)
      if (back === null) continue
      await host().undo()
      expect(await state('c1')).toBe(`${back}\n`)
      await host().redo()
      expect(await state('c1')).toBe(`${then}\n`)
      await host().undo()
    }
    await host().do(verb('stop'))
    await host().do(verb('start'))
    await host().undo()
    expect(await state('c1')).toBe('exited\n')
    expect((await host().refused(verb('stop'))).message).toBe('container c1 does not run')
    await host().do(verb('start'))
    await host().do(verb('pause'))
    await host().do(verb('unpause'))
    await host().undo()
    expect(await state('c1')).toBe('paused\n')
    expect((await host().refused(verb('pause'))).message).toMatch(/is already paused/)
  })

  it('renames, and gives back the old name', async () => {
    await host().do(run(idle('c1')))
    await host().do({ kind: 'rename-container', name: 'c1', to: 'front' })
    expect(await host().names('container')).toEqual(['front'])
    await host().undo()
    expect(await host().names('container')).toEqual(['c1'])
    await host().redo()
    expect(await host().names('container')).toEqual(['front'])
  })

  it('makes a removed container again, as it was', async () => {
    await host().docker('network', 'create', '--subnet', '10.92.0.0/24', 'main')
    await host().docker('network', 'create', '--subnet', '10.93.0.0/24', 'side')
    const first = { network: 'main', aliases: ['www'], ipv4: '10.92.0.50', mac: '02:42:0a:5c:00:32' }
    const networks = [first, { network: 'side', aliases: ['two'] }]
    const more = { networks, ports: ['18082:80'], env: ['A=1'], labels: { a: 'b' }, dns: ['9.9.9.9'] }
    await host().do(run(idle('web', { ...more, hostname: 'web1', extraHosts: ['nas:10.0.0.9'] })))
    const before = await host().look('container', 'web')
    const plan = await host().plan({ kind: 'remove-container', name: 'web' })
    expect(plan.losses.join('. ')).toContain('what web has written inside')
    await host().do({ kind: 'remove-container', name: 'web' })
    expect(await host().names('container')).toEqual([])
    const back = await host().undo()
    expect(back.notes).toEqual(['what web had written inside, and its log, are lost'])
    expect(withoutNothing(await host().look('container', 'web'))).toEqual(withoutNothing(before))
    await host().redo()
    await host().undo()
    expect(withoutNothing(await host().look('container', 'web'))).toEqual(withoutNothing(before))
  })

  it('makes a removed container of every network mode again, stopped or paused, with its volume and links', async () => {
    const idling = [busyboxImage, 'sh', '-c', 'trap exit TERM; sleep 1000000 & wait']
    await host().docker('run', '-d', '--name', 'base', ...idling)
    const cases: readonly (readonly string[])[] = [
      ['--network', 'host'],
      ['--network', 'none'],
      ['--network', 'container:base'],
      ['--link', 'base:store', '-P', '--expose', '80'],
      ['-v', '/data', '--restart', 'unless-stopped', '--cap-add', 'NET_ADMIN'],
      ['--rm'],
    ]
    for (const [index, options] of cases.entries()) {
      const name = `c${index}`
      await host().docker('run', '-d', '--name', name, ...options, ...idling)
      const before = await host().look('container', name)
      if (options.includes('-v')) await host().docker('exec', name, 'sh', '-c', 'echo kept > /data/file')
      await host().do({ kind: 'remove-container', name })
      await host().undo()
      const after = await host().look('container', name)
      if (options.includes('-v')) expect(await host().docker('exec', name, 'cat', '/data/file')).toBe('kept\n')
      else expect(asDriven(after), options.join(' ')).toEqual(asDriven(before))
      expect(await state(name)).toBe('running\n')
    }
    await host().docker('pause', 'c1')
    await host().docker('stop', 'c0')
    for (const name of ['c0', 'c1']) {
      await host().do({ kind: 'remove-container', name })
      await host().undo()
    }
    expect([await state('c0'), await state('c1')]).toEqual(['created\n', 'paused\n'])
  })

  it('makes a container that removes itself again when its stop is taken back', async () => {
    await host().docker(
      'run',
      '-d',
      '--rm',
      '--name',
      'c1',
      busyboxImage,
      'sh',
      '-c',
      'trap exit TERM; sleep 1000 & wait',
    )
    const plan = await host().plan(verb('stop'))
    expect(plan.losses).toHaveLength(2)
    await host().do(verb('stop'))
    await expect.poll(() => host().names('container')).toEqual([])
    await host().undo()
    expect(await state('c1')).toBe('running\n')
  })

  it('leaves nothing of a run that is cancelled or that cannot be started', async () => {
    await host().do(create({ name: 'one' }))
    await host().do(create({ name: 'two' }))
    const networks = [{ network: 'one' }, { network: 'two' }]
    const canceller = createCanceller()
    const stop = host().service.subscribe('actionProgress', ({ text }) => {
      if (text.startsWith('connecting')) canceller.cancel()
    })
    const action = run(idle('c1', { networks }))
    const outcome = await host().service.methods.doAction({ action }, { signal: canceller.signal })
    stop()
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'cancelled' } })
    expect(await host().names('container')).toEqual([])
    const bad = await host().refused(run({ name: 'c1', image: busyboxImage, command: ['no-such-program'] }))
    expect(bad).toMatchObject({ code: 'engine-refused', at: 'container.command' })
    expect(bad.message).toContain('no-such-program')
    expect(await host().names('container')).toEqual([])
    expect((await host().undo()).did).toBe('taken back: network two created')
  })

  it('says that a container has ended at once', async () => {
    const done = await host().do(run({ name: 'c1', image: busyboxImage, command: ['sh', '-c', 'exit 3'] }))
    expect(done.notes).toEqual(['c1 has ended already, with exit code 3: its log tells why'])
  })

  it('is explained as the engine tells it', async () => {
    await host().docker('network', 'create', '--subnet', '10.97.0.0/24', 'main')
    await host().do(run(idle('c1', { networks: [{ network: 'main', ipv4: '10.97.0.9' }], ports: ['18084:80'] })))
    const inspect = async (kind: 'container' | 'network' | 'image', name: string) =>
      value(await host().service.methods.inspectObject({ kind, name }, calm()))
    const container = await inspect('container', 'c1')
    const told = JSON.parse(await host().docker('container', 'inspect', 'c1')) as unknown[]
    expect(JSON.parse(container.raw)).toMatchObject({ Id: (told[0] as { readonly Id: string }).Id })
    const values = container.fields.map((field) => `${field.label}: ${field.value}`)
    expect(values).toContain('Address in main: 10.97.0.9/24')
    expect(values).toContain('Default route: by 10.97.0.1 in main')
    expect((await inspect('network', 'main')).fields.map((field) => field.label)).toContain('Container c1')
    expect((await inspect('image', busyboxImage)).fields.map((field) => field.value)).toContain(busyboxImage)
    const gone = await host().service.methods.inspectObject({ kind: 'network', name: 'nowhere' }, calm())
    expect(gone).toMatchObject({ ok: false, failure: { code: 'engine-refused', message: 'network nowhere not found' } })
  })

  it('is told who will be out of reach before it is disconnected', async () => {
    await host().docker('network', 'create', 'main')
    for (const name of ['c1', 'c2']) await host().do(run(idle(name, { networks: [{ network: 'main' }] })))
    value(await host().service.methods.refresh({}, calm()))
    const action = { kind: 'disconnect', container: 'c2', network: 'main' } as const
    const plan = value(await host().service.methods.planAction({ action, reach: true }, calm()))
    expect(plan.problems).toEqual([])
    expect(plan.losses).toEqual(['connections of c2 over main break'])
    expect(plan.reach?.closes.map(({ from, to }) => `${from} ${to}`)).toContain('c1 c2')
    const tooMuch = value(
      await host().service.methods.planAction({ action: { ...action, container: 'nobody' }, reach: true }, calm()),
    )
    expect(tooMuch.reach).toBeNull()
  })
}
