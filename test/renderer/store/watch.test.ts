// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { SourceStatus } from '../../../src/protocol/contract.ts'
import { connect } from '../../../src/protocol/connect.ts'
import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { RULES_28 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'
import { createWatchDouble } from '../support/watch-double.ts'
import { makeFlow, makePacket } from '../support/watch-samples.ts'
import { until } from '../support/until.ts'

/** A store over the real protocol with a backend in memory, its host read. */
async function connected(kind: SourceStatus['kind'] = 'docker') {
  const double = createWatchDouble(standardHost(RULES_28), kind)
  const [client, server] = createPortPair()
  serve(server, double.service)
  const store = createAppStore()
  store.getState().connectBackend(connect(client))
  await until(() => store.getState().host !== null && store.getState().status !== null)
  const watch = () => store.getState().watch
  return { double, store, watch, act: store.getState() }
}

async function started() {
  const all = await connected()
  all.act.setWatchForm({ target: 'container c1' })
  await all.act.startWatch()
  return all
}

describe('the store and a watch', () => {
  it('starts what the form says, also by a container’s name alone', async () => {
    const { double, act, watch } = await connected()
    act.setWatchForm({ target: 'c1', filter: ' tcp port 80 ' })
    await act.startWatch()
    expect(double.started[0]).toMatchObject({ target: { kind: 'container', name: 'c1' }, filter: 'tcp port 80' })
    expect(watch().infos).toHaveLength(1)
    expect(watch().current).toBe(watch().infos[0]?.id)
  })

  it('says at its field what is wrong, keeps what was typed, and forgets it with the next letter', async () => {
    const { double, act, watch } = await connected()
    act.setWatchForm({ target: 'nobody', filter: 'tcp port' })
    await act.startWatch()
    expect(watch().errors.target).toContain('“nobody”')
    expect(double.started).toEqual([])
    act.setWatchForm({ target: 'host' })
    expect(watch().errors).toEqual({})
    double.refuse = { code: 'bad-params', message: 'syntax error in filter expression', at: 'filter' }
    await act.startWatch()
    expect(watch().errors).toEqual({ filter: 'Syntax error in filter expression.' })
    expect(watch().form.filter).toBe('tcp port')
    act.setWatchForm({ filter: 'tcp port 8' })
    expect(watch().errors).toEqual({})
  })

  it('reads the session as soon as it is connected, where that was turned to before', async () => {
    const double = createWatchDouble(standardHost(RULES_28))
    const [client, server] = createPortPair()
    serve(server, double.service)
    const store = createAppStore()
    store.getState().setMode('session')
    expect(store.getState().watch.session).toBeNull()
    store.getState().connectBackend(connect(client))
    await until(() => store.getState().watch.session !== null)
    expect(store.getState().watch.session).not.toEqual([])
  })

  it('starts nothing where there is no engine', async () => {
    const { double, act } = await connected('sample')
    act.setWatchForm({ target: 'host' })
    await act.startWatch()
    expect(double.started).toEqual([])
  })

  it('keeps the table of flows by what is told', async () => {
    const { double, watch } = await started()
    double.tell({ flows: [makeFlow(1), makeFlow(2)] })
    double.tell({ flows: [makeFlow(2, { ended: true }), makeFlow(3)], gone: [1], elapsed: 1250 })
    await until(() => watch().flows.has(3))
    expect([...watch().flows.keys()]).toEqual([2, 3])
    expect(watch().flows.get(2)?.ended).toBe(true)
    expect(watch().latest?.elapsed).toBe(1250)
  })

  it('shows what a watch ended by', async () => {
    const { double, watch } = await started()
    double.tell({ stage: 'ended', problem: 'The container has gone.' })
    await until(() => watch().infos[0]?.stage === 'ended')
    expect(watch().infos[0]?.problem).toBe('The container has gone.')
  })

  it('finds the watches that ran before the page was opened', async () => {
    const { double } = await started()
    double.flows = [makeFlow(7)]
    const [client, server] = createPortPair()
    serve(server, double.service)
    const later = createAppStore()
    later.getState().connectBackend(connect(client))
    await until(() => later.getState().watch.flows.size === 1)
    expect(later.getState().watch.current).toBe('w1')
  })
})

describe('the store and packets that were kept', () => {
  const ring = { packets: 500, bytes: 1, capacity: 2, first: 11, next: 511 }

  async function paused() {
    const all = await started()
    all.double.packets = Array.from({ length: 500 }, (_, index) => makePacket(11 + index))
    all.double.tell({ ring })
    await until(() => all.watch().kept.next === 511)
    await all.act.pauseWatch()
    return all
  }

  it('steps through them and stops at both ends', async () => {
    const { act, watch } = await paused()
    act.stepPacket(-1)
    expect(watch().cursor).toBe(510)
    act.stepPacket(1)
    expect(watch().cursor).toBe(510)
    act.stepPacket(-1)
    await until(() => watch().packets.has(509))
    act.firstPacket()
    act.stepPacket(-1)
    expect(watch().cursor).toBe(11)
    await until(() => watch().packets.has(11))
    expect(watch().packets.get(11)).toMatchObject({ device: 'eth0', netns: 'container:c1' })
  })

  it('pauses a running watch when one steps', async () => {
    const { double, act, watch } = await started()
    double.packets = [makePacket(11)]
    double.tell({ ring: { ...ring, next: 12 } })
    await until(() => watch().kept.next === 12)
    act.stepPacket(-1)
    await until(() => watch().cursor === 11)
    expect(watch().infos[0]?.stage).toBe('paused')
  })

  it('replays from the beginning when nothing or the last is looked at, and not while it runs', async () => {
    const { act, watch } = await paused()
    act.toggleReplay()
    expect(watch()).toMatchObject({ cursor: 11, replay: { playing: true } })
    act.toggleReplay()
    expect(watch().replay.playing).toBe(false)
    await act.pauseWatch()
    act.toggleReplay()
    expect(watch().replay.playing).toBe(false)
  })
})

describe('a flow that is traced', () => {
  it('asks for exactly its tuple, source port and all, until the form is changed', async () => {
    const { double, store, act } = await started()
    const { trace } = makeFlow(1)
    if (trace === null) throw new Error('the sample flow can be traced')
    act.traceFlow(trace)
    await until(() => double.traced.length === 1)
    expect(double.traced[0]).toEqual(trace)
    expect(store.getState()).toMatchObject({
      mode: 'trace',
      form: { from: 'c1', to: '198.51.100.10', protocol: 'tcp', port: '8080' },
      sourcePort: 40_001,
    })
    act.setForm({ port: '80' })
    await act.submitTrace()
    expect(double.traced[1]).toEqual({ from: 'c1', to: '198.51.100.10', protocol: 'tcp', destinationPort: 80 })
  })
})

describe('captures', () => {
  it('are uploaded byte for byte in pieces, and shown with what could not be placed', async () => {
    const { double, store, act, watch } = await connected('sample')
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => (index * 7) % 256)
    double.packets = [makePacket(1), makePacket(2)]
    await act.importFile(new File([bytes], 'trace.pcapng'))
    expect(Buffer.from(double.uploads.get('u1') ?? '', 'base64').equals(Buffer.from(bytes))).toBe(true)
    expect(store.getState().mode).toBe('watch')
    expect(watch()).toMatchObject({ view: 'notes', transfer: null, problem: null })
    expect(watch().infos[0]?.label).toBe('capture trace.pcapng')
    await until(() => watch().kept.next === 3)
    act.toggleReplay()
    expect(watch().replay.playing).toBe(true)
  })

  it('that cannot be read say so in a sentence', async () => {
    const { double, act, watch } = await connected()
    Object.assign(double.service.methods, {
      importCapture: async () => ({
        ok: false,
        failure: { code: 'unreadable-file', message: 'this is no pcapng file', at: 'byte 0' },
      }),
    })
    await act.importFile(new File(['hello'], 'notes.txt'))
    expect(watch()).toMatchObject({ problem: 'This is no pcapng file.', transfer: null, infos: [] })
  })

  it('that come while another is on its way are not lost in silence either', async () => {
    const { act, watch } = await connected('sample')
    const first = act.importFile(new File(['hello'], 'first.pcapng'))
    await act.importFile(new File(['hello'], 'second.pcapng'))
    expect(watch().problem).toBe('“Reading second.pcapng” was not begun: “Reading first.pcapng” is still under way.')
    await first
    expect(watch().infos.map(({ label }) => label)).toEqual(['capture first.pcapng'])
  })

  it('that come before the backend is there are not lost in silence', async () => {
    const store = createAppStore()
    await store.getState().importFile(new File(['hello'], 'trace.pcapng'))
    expect(store.getState().watch.problem).toMatch(/^Hopwire is not connected to its backend yet\. Wait/)
  })
})
