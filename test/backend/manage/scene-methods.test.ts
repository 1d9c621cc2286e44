import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import { createSandboxSource } from '../../../src/backend/sources/sandbox-source.ts'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import type { Outcome } from '../../../src/protocol/contract.ts'
import { createScriptedSource, readStandardHost, type ScriptedSource } from '../../support/scripted-source.ts'

const context = { signal: createCanceller().signal }
const host = readStandardHost()

let behind: ScriptedSource
let service: BackendService
beforeEach(() => {
  behind = createScriptedSource('docker', host)
  service = createService({ source: behind, version: '1.0.0', reading: 'fresh' })
})
afterEach(() => service.close())

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

async function shown(): Promise<readonly string[]> {
  const held = valueOf(await service.methods.hostState({}, context))
  return held?.state.containers.map(({ name }) => name) ?? []
}

const HOST_NAMES = host.containers.map(({ name }) => name)
const open = (scene: string) => service.methods.openSandbox({ scene }, context)
const act = async (action: ManageAction) => valueOf(await service.methods.doAction({ action }, context))

async function openFile(name: string, text: string) {
  const data = Buffer.from(text).toString('base64')
  const { upload } = valueOf(await service.methods.upload({ upload: null, data }, context))
  return service.methods.openScene({ upload, name }, context)
}

async function saved(): Promise<unknown> {
  const { download } = valueOf(await service.methods.saveScene({}, context))
  const { data } = valueOf(await service.methods.download({ download, offset: 0 }, context))
  return JSON.parse(Buffer.from(data, 'base64').toString('utf8'))
}

describe('scenes over the protocol', () => {
  test('lists those that come with Hopwire, with a title and a description', async () => {
    const list = valueOf(await service.methods.listScenes({}, context))
    expect(list.find(({ name }) => name === 'isolation-20')).toEqual({
      name: 'isolation-20',
      title: 'Isolation (Docker 20.10)',
      description: 'The scene isolation on Docker 20.10, whose rules are laid out otherwise.',
    })
    const titles = Object.fromEntries(list.map(({ name, title }) => [name, title]))
    expect(titles).toMatchObject({
      docker0: 'docker0',
      'fresh-docker': 'Fresh Docker',
      ipv6: 'IPv6',
      macvlan: 'macvlan',
      'my-net': 'my-net',
      'three-tiers': 'Three tiers',
    })
    expect(list.every(({ title, description }) => title !== '' && description !== '')).toBe(true)
  })

  test('shows one of them when it answers, and the host again after leaving', async () => {
    await service.methods.refresh({}, context)
    expect(await open('docker0')).toEqual({ ok: true, value: {} })
    expect(await shown()).toEqual(['container1', 'container2'])
    expect(valueOf(await service.methods.hello({}, context)).status.kind).toBe('sandbox')
    expect(valueOf(await service.methods.managerInfo({}, context))).toMatchObject({ kind: 'sandbox', generation: 28 })
    behind.next = async () => ({ ok: true, value: { ...host, hostname: 'read-again' } })
    expect(await service.methods.leaveSandbox({}, context)).toEqual({ ok: true, value: {} })
    expect(await shown()).toEqual(HOST_NAMES)
    expect(valueOf(await service.methods.hostState({}, context))?.state.hostname).toBe('read-again')
  })

  test('a change of the host behind does not disturb the sandbox', async () => {
    await open('docker0')
    const before = behind.loads
    const revisions: number[] = []
    service.subscribe('hostStateChanged', ({ revision }) => revisions.push(revision))
    behind.emit('state')
    await act({ kind: 'create-network', network: { name: 'one' } })
    expect([behind.loads, revisions.length]).toEqual([before, 1])
  })

  test('what was changed is there for the next trace', async () => {
    await open('docker0')
    const flow = { from: 'container1', to: 'container2', protocol: 'icmp' } as const
    const trace = async () => valueOf(await service.methods.trace({ flow, tried: false }, context)).report.disposition
    expect(await trace()).toBe('delivered')
    await act({ kind: 'disconnect', container: 'container1', network: 'bridge' })
    expect(await trace()).not.toBe('delivered')
    valueOf(await service.methods.undoAction({}, context))
    expect(await trace()).toBe('delivered')
  })

  test('what a refused command leaves is one step back, and saved with the scene', async () => {
    await open('fresh-docker')
    const mate = { name: 'mate', image: 'nginx' }
    const beside = { name: 'beside', image: 'nginx', networkMode: 'container:mate' } as const
    await act({ kind: 'run-container', container: mate })
    await act({ kind: 'run-container', container: beside })
    await act({ kind: 'container-verb', verb: 'stop', name: 'mate' })
    const states = async () =>
      valueOf(await service.methods.hostState({}, context))?.state.containers.map(({ state }) => state)
    const before = await states()
    const refused = await service.methods.doAction(
      { action: { kind: 'container-verb', verb: 'restart', name: 'beside' } },
      context,
    )
    expect(refused).toMatchObject({ ok: false, failure: { code: 'engine-refused' } })
    expect(Object.keys(refused)).not.toContain('back')
    const left = await states()
    expect(left).not.toEqual(before)
    const undo = 'container beside stopped, not started again'
    expect(valueOf(await service.methods.managerInfo({}, context))?.undo).toBe(undo)
    const scene = await saved()
    valueOf(await service.methods.undoAction({}, context))
    expect(await states()).toEqual(before)
    valueOf(await openFile('left.json', JSON.stringify(scene)))
    expect(await states()).toEqual(left)
  })

  test('only names of the list are opened', async () => {
    expect(await open('../../package')).toMatchObject({ ok: false, failure: { code: 'bad-params', at: 'scene' } })
    expect(await shown()).toEqual(HOST_NAMES)
  })

  test('without a sandbox nothing is saved or left', async () => {
    const failure = { ok: false, failure: { code: 'not-managed', hint: 'open a sandbox' } }
    expect(await service.methods.saveScene({}, context)).toMatchObject(failure)
    expect(await service.methods.leaveSandbox({}, context)).toMatchObject(failure)
  })

  test('a sandbox that was named at the start has nothing behind it', async () => {
    await service.close()
    service = createService({ source: createSandboxSource('docker0'), version: '1.0.0', reading: 'fresh' })
    expect(await service.methods.leaveSandbox({}, context)).toMatchObject({
      ok: false,
      failure: { code: 'not-managed', hint: 'start it without --sandbox' },
    })
    await open('my-net')
    expect(await shown()).toEqual(['container100', 'container200'])
    await service.methods.leaveSandbox({}, context)
    expect(await shown()).toEqual(['container1', 'container2'])
  })

  test('what was saved is a scene, and opens as the same host', async () => {
    await open('three-tiers')
    await act({ kind: 'connect', container: 'nginx', endpoint: { network: 'private-net-1' } })
    const before = valueOf(await service.methods.hostState({}, context))?.state
    const scene = await saved()
    expect(checkScene(scene)).toMatchObject({ ok: true })
    await service.methods.leaveSandbox({}, context)
    expect(await openFile('mine.json', JSON.stringify(scene))).toEqual({ ok: true, value: { notes: [] } })
    expect(valueOf(await service.methods.hostState({}, context))?.state).toEqual(before)
  })

  test('a compose file opens with what was assumed; undo brings the old scene back, redo the new one', async () => {
    await open('docker0')
    const compose = 'services:\n  web:\n    image: nginx\n    ports: ["8080:80"]\n'
    const notes = valueOf(await openFile('docker-compose.yml', compose)).notes
    expect(notes.join('\n')).toContain('it is "project"')
    expect(await shown()).toEqual(['project-web-1'])
    expect(valueOf(await service.methods.managerInfo({}, context))).toMatchObject({ undo: 'scene project opened' })
    expect(valueOf(await service.methods.undoAction({}, context)).did).toBe('taken back: scene project opened')
    expect(await shown()).toEqual(['container1', 'container2'])
    valueOf(await service.methods.redoAction({}, context))
    expect(await shown()).toEqual(['project-web-1'])
    await openFile('named.yaml', `name: shop\n${compose}`)
    expect(await shown()).toEqual(['shop-web-1'])
  })

  test.each([
    ['docker-compose.yml', 'services:\n  web: [\n', 'unreadable-file', 'line 3, column 1'],
    [
      'compose.yaml',
      'services:\n  web:\n    extends:\n      file: other.yml\n      service: x\n',
      'unreadable-file',
      null,
    ],
    ['scene.json', '{"schema": "hopwire.scene/1",\n  oops', 'unreadable-file', 'line 2, column 3'],
    ['scene.json', '{"schema": "hopwire.scene/9"}', 'unreadable-file', 'schema'],
  ])('%s with %j is refused at its place, and nothing is lost', async (name, text, code, at) => {
    await open('docker0')
    const opened = await openFile(name, text)
    expect(opened).toMatchObject({ ok: false, failure: { code, ...(at === null ? {} : { at }) } })
    expect(await shown()).toEqual(['container1', 'container2'])
  })

  test('a scene that Docker would refuse is not shown', async () => {
    await open('docker0')
    const scene = (await saved()) as { networks: unknown[]; memory: unknown }
    const twice = ['one', 'two'].map((name) => ({ name, subnets: [{ subnet: '10.9.0.0/24' }] }))
    const opened = await openFile('twice.json', JSON.stringify({ ...scene, networks: twice }))
    expect(opened).toMatchObject({ ok: false, failure: { at: 'networks[1]' } })
    expect(await shown()).toEqual(['container1', 'container2'])
  })

  test('what needs something alive says so while a sandbox is shown', async () => {
    await open('docker0')
    const flow = { from: 'container1', to: 'container2', protocol: 'icmp' } as const
    const live = await service.methods.liveTrace({ flow, tried: false, probe: 'auto', waitSeconds: 1 }, context)
    expect(live).toMatchObject({
      ok: false,
      failure: { message: 'nothing can be sent in a sandbox: it has no kernel' },
    })
    const question = { target: { kind: 'host' }, filter: '', ringBytes: 1_000_000, snapLength: 96 } as const
    const watch = await service.methods.startWatch(question, context)
    expect(watch).toMatchObject({ ok: false, failure: { message: 'the sandbox has no traffic' } })
    expect(await service.methods.answerConsent({ answer: 'allowed' }, context)).toMatchObject({ ok: false })
  })
})
