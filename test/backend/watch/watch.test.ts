import { afterEach, describe, expect, it } from 'vitest'
import { readPcapng } from '../../../src/core/capture/read-pcapng.ts'
import type { WatchTarget, WatchUpdate } from '../../../src/core/watch/watch.ts'
import { fetchDownload } from '../../../src/cli/fetch-download.ts'
import { ipv4, pcap, sll2, tcp, udp } from '../../support/build-packet.ts'
import { at, C1, flowsOf, HOST, NEW, packetsOf, question, SERVER, syn } from './ask-watch.ts'
import { playBackend } from '../../support/watched-backend.ts'

let backend: ReturnType<typeof playBackend>
afterEach(() => backend.service.close())

async function startOn(target: WatchTarget, more: object = {}) {
  backend = playBackend()
  const starting = backend.client.call('startWatch', question(target, more))
  const listener = await backend.listener()
  listener.say('ready')
  const started = await starting
  if (!started.ok) throw new Error(started.failure.message)
  return { ...backend, listener, info: started.value, id: started.value.id }
}

describe('a watch', () => {
  it('listens where its target is, confined by the user and by the target', async () => {
    const { listener, info } = await startOn({ kind: 'container', name: 'c1' }, { filter: 'tcp' })
    const hosts = 'host 172.17.0.2 or host 198.51.100.20 or host 2001:db8:51::20'
    expect(listener.plan.places.map(({ filter }) => filter)).toEqual(['tcp', `(tcp) and (${hosts})`])
    expect(listener.plan).toMatchObject({ snapLength: 512, userFilter: 'tcp' })
    expect(info).toMatchObject({ label: 'container c1', stage: 'running', lacks: [] })
  })

  it('tells flows, rates and single packets, by the places of the picture', async () => {
    const { listener, client, id, updates, until } = await startOn({ kind: 'host' })
    listener.say('events', NEW)
    const packets = [
      at(0, sll2(7, 3, syn(C1, SERVER))),
      at(1, sll2(3, 0, syn(C1, SERVER))),
      at(2, sll2(2, 4, syn(HOST, SERVER))),
    ]
    listener.say('capture', pcap(packets))
    const update = await until(() => updates.find(({ totals }) => totals.packets === 3))
    expect(
      update.hops.map(({ netns, device, direction, packets: n }) => `${netns} ${device} ${direction} ${n}`),
    ).toEqual(['host veth864b1cb in 1', 'host docker0 in 1', 'host ens5 out 1'])
    expect(update.moves.map(({ seq, device, flow }) => [seq, device, flow])).toEqual([
      [0, 'veth864b1cb', 1],
      [1, 'docker0', 1],
      [2, 'ens5', 1],
    ])
    expect(await flowsOf(client, id)).toMatchObject([
      {
        from: { name: 'c1' },
        to: { name: SERVER },
        state: 'SYN_SENT',
        flags: ['UNREPLIED'],
        nat: { source: '198.51.100.20:4000' },
        sent: { packets: 1, bytes: 40 },
        directionFrom: 'conntrack',
      },
    ])
    expect(await packetsOf(client, id)).toMatchObject([
      {
        netns: 'host',
        device: 'veth864b1cb',
        direction: 'in',
        otherHost: true,
        packet: { src: C1, tcpFlags: ['syn'] },
      },
      { device: 'docker0', otherHost: false },
      { device: 'ens5', direction: 'out', packet: { src: HOST } },
    ])
  })

  it('waits for conntrack to say whose the host s own connection is', async () => {
    const { listener, client, id } = await startOn({ kind: 'container', name: 'c1' })
    const theirs = ipv4(6, { src: HOST, dst: SERVER }, tcp(9999, 80, ['syn']))
    listener.say('capture', pcap([at(0, sll2(2, 4, syn(HOST, SERVER))), at(0, sll2(2, 4, theirs))]), 1)
    expect(await packetsOf(client, id)).toEqual([])
    listener.say('events', NEW, 1)
    expect(await packetsOf(client, id)).toMatchObject([{ device: 'ens5', packet: { src: HOST, sourcePort: 4000 } }])
    // Connections of others are none of this watch's.
    listener.say('events', NEW.replaceAll(C1, '172.17.0.3').replaceAll('4000', '4001'), 1)
    expect(await flowsOf(client, id)).toHaveLength(1)
  })

  it('keeps nothing while it is paused, and counts what went by', async () => {
    const { listener, client, id, updates, until } = await startOn({ kind: 'host' })
    expect(await client.call('pauseWatch', { id })).toMatchObject({ ok: true, value: { stage: 'paused' } })
    listener.say('capture', pcap([at(0, sll2(2, 4, syn(HOST, SERVER)))]))
    const paused = await until(() => updates.find(({ totals }) => totals.paused === 1))
    expect(paused).toMatchObject({ stage: 'paused', totals: { packets: 0 }, ring: { packets: 0 } })
    await client.call('resumeWatch', { id })
    const again = pcap([at(5, sll2(2, 4, syn(HOST, SERVER)))]).subarray(24)
    listener.say('capture', again)
    await until(() => updates.find(({ totals }) => totals.packets === 1))
  })

  it('gives the words of a filter that does not compile, at its place', async () => {
    backend = playBackend()
    const starting = backend.client.call('startWatch', question({ kind: 'host' }, { filter: 'tcp port' }))
    const listener = await backend.listener()
    listener.say('refused-filter', "tcpdump: can't parse filter expression: syntax error\n")
    expect(await starting).toEqual({
      ok: false,
      failure: {
        code: 'bad-params',
        at: 'filter',
        message: "the filter is refused: can't parse filter expression: syntax error",
        hint: 'pcap-filter(7) tells what there is',
      },
    })
    expect(listener.signal.aborted).toBe(true)
    expect(await backend.client.call('listWatches', {})).toEqual({ ok: true, value: [] })
  })

  it('counts what the kernel dropped, by tcpdump s last word', async () => {
    const { listener, updates, until } = await startOn({ kind: 'host' })
    listener.say(
      'capture-words',
      'tcpdump: 3 packets captured, 9 packets received by filter, 4 packets dropped by kernel\n',
    )
    listener.say('capture-words', 'tcpdump: 5 packets captured, 12 packets received by filter, 7 packets dro')
    listener.say('capture-words', 'pped by kernel\n')
    await until(() => updates.find(({ totals }) => totals.lost === 7))
  })

  it('goes on without what cannot be entered, and says so', async () => {
    backend = playBackend()
    const starting = backend.client.call('startWatch', question({ kind: 'container', name: 'c1' }))
    const listener = await backend.listener()
    listener.say('capture-words', 'the namespace cannot be entered: Operation not permitted\n', 0)
    listener.say('tool-ended', 'tcpdump 77', 0)
    listener.say('ready')
    expect(await starting).toMatchObject({
      ok: true,
      value: { lacks: ['container:c1: the namespace cannot be entered: Operation not permitted'] },
    })
  })

  it('listens again when its container was started anew, and keeps what it had', async () => {
    const { listener, client, id, source, until, updates } = await startOn({ kind: 'container', name: 'c1' })
    listener.say('capture', pcap([at(0, sll2(2, 4, syn(C1, SERVER)))]))
    listener.say('place-gone')
    await until(() => updates.find(({ problem }) => problem?.includes('container:c1 has stopped')))
    const state = await source.next()
    if (!state.ok) throw new Error('no state')
    const renamed = (id: string) => (id === '4026531844' ? '4026539999' : id)
    const { namespaces, containers } = state.value
    const again = {
      ...state.value,
      namespaces: namespaces.map((one) => ({ ...one, id: renamed(one.id) })),
      containers: containers.map((one) => ({ ...one, namespace: one.namespace && renamed(one.namespace) })),
    }
    source.next = async () => ({ ok: true, value: again })
    source.emit('state')
    const second = await backend.listener(1)
    expect(listener.signal.aborted).toBe(true)
    second.say('ready')
    second.say('capture', pcap([at(9, sll2(2, 4, syn(C1, SERVER)))]))
    await until(() => updates.find(({ problem, totals }) => problem === null && totals.packets === 2))
    expect(await packetsOf(client, id)).toMatchObject([
      { netns: 'container:c1', device: 'eth0' },
      { netns: 'container:c1', device: 'eth0' },
    ])
  })

  it('ends its tools when it is stopped, and keeps what it saw until it is forgotten', async () => {
    const { listener, client, id } = await startOn({ kind: 'host' })
    listener.say('capture', pcap([at(0, sll2(2, 4, syn(HOST, SERVER)))]))
    expect(await client.call('stopWatch', { id })).toMatchObject({ ok: true, value: { stage: 'ended', problem: null } })
    expect(listener.signal.aborted).toBe(true)
    expect(await packetsOf(client, id)).toHaveLength(1)
    await client.call('forgetWatch', { id })
    expect(await client.call('watchFlows', { id })).toMatchObject({ ok: false, failure: { at: 'id' } })
  })

  it('writes pcapng with an interface for each device, in the order of time, with names', async () => {
    const { listener, client, id } = await startOn({ kind: 'host' })
    listener.say('capture', pcap([at(5, sll2(2, 4, syn(HOST, SERVER))), at(1, sll2(3, 0, syn(C1, SERVER)))]))
    const file = await fetchDownload(client, () => client.call('exportWatch', { id }))
    if (!file.ok) throw new Error(file.failure.message)
    const { capture, problems } = readPcapng(file.value)
    expect(problems).toEqual([])
    expect(capture.packets.map((one) => capture.interfaces[one.interface]?.name)).toEqual(['host/docker0', 'host/ens5'])
    expect(capture.packets.map(({ nanoseconds, direction }) => [nanoseconds, direction])).toEqual([
      [1_000_000, 'in'],
      [5_000_000, 'out'],
    ])
    expect(capture.names).toContainEqual({ address: C1, name: 'c1' })
  })

  it('has several at once, each with its own packets', async () => {
    const { client, listener, id } = await startOn({ kind: 'host' })
    const starting = client.call('startWatch', question({ kind: 'container', name: 'web' }))
    const other = await backend.listener(1)
    other.say('ready')
    const second = await starting
    if (!second.ok) throw new Error(second.failure.message)
    listener.say('capture', pcap([at(0, sll2(2, 4, syn(HOST, SERVER)))]))
    expect(await packetsOf(client, id)).toHaveLength(1)
    expect(await packetsOf(client, second.value.id)).toHaveLength(0)
    await client.call('stopWatch', { id: second.value.id })
    expect([listener.signal.aborted, other.signal.aborted]).toEqual([false, true])
  })

  it('leaves out what Hopwire asks itself, and counts it', async () => {
    const { listener, client, id, source, until, updates } = await startOn({ kind: 'host' })
    source.answer = (namespace, name) => {
      const payload = [
        0,
        1,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        7,
        ...new TextEncoder().encode('example'),
        3,
        99,
        111,
        109,
        0,
      ]
      const asked = ipv4(17, { src: C1, dst: '203.0.113.53' }, udp(5353, 53, payload))
      const other = ipv4(
        17,
        { src: C1, dst: '203.0.113.53' },
        udp(
          5354,
          53,
          payload.map((byte) => byte ^ 1),
        ),
      )
      listener.say('capture', pcap([at(0, sll2(2, 4, asked)), at(0, sll2(2, 4, other))]))
      return { ok: true, value: { namespace, name, server: '', status: 'NXDOMAIN', addresses: [] } }
    }
    await client.call('trace', { flow: { from: 'c1', to: 'example.com', protocol: 'icmp' }, tried: false })
    const update: WatchUpdate = await until(() => updates.find(({ totals }) => totals.own === 1))
    expect(update.totals.packets).toBe(1)
    expect(await packetsOf(client, id)).toMatchObject([{ packet: { sourcePort: 5354 } }])
    expect((await flowsOf(client, id)).map(({ original }) => original.sourcePort)).toEqual([5354])
  })

  it('is refused where nothing is alive', async () => {
    backend = playBackend()
    Object.assign(backend.source, { kind: 'snapshot' })
    expect(await backend.client.call('startWatch', question({ kind: 'host' }))).toMatchObject({
      ok: false,
      failure: { code: 'probe-failed', message: 'a snapshot has no traffic' },
    })
  })
})
