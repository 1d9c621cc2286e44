import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createService } from '../../../src/backend/service.ts'
import { createSnapshotSource } from '../../../src/backend/sources/snapshot-source.ts'
import { fetchDownload } from '../../../src/cli/fetch-download.ts'
import { connect } from '../../../src/protocol/connect.ts'
import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import { ipv4, pcap, sll2, udp } from '../../support/build-packet.ts'
import { playBackend } from '../../support/watched-backend.ts'

const folder = mkdtempSync(join(tmpdir(), 'hopwire-session-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flow = { from: 'c1', to: '203.0.113.80', protocol: 'icmp' } as const

function open(file: string) {
  const service = createService({ source: createSnapshotSource(file), version: '1.2.3', reading: 'fresh' })
  const [near, far] = createPortPair()
  serve(far, service)
  return { client: connect(near), service }
}

/** A session with one prediction and one watch, as it is saved. */
async function save(): Promise<string> {
  const { client, service, listener } = playBackend()
  await client.call('trace', { flow, tried: false })
  const target = { kind: 'host' } as const
  const starting = client.call('startWatch', { target, filter: '', ringBytes: 1 << 20, snapLength: 512 })
  const played = await listener()
  played.say('ready')
  await starting
  const packet = ipv4(17, { src: '172.17.0.2', dst: '203.0.113.53' }, udp(4000, 53))
  played.say('capture', pcap([{ seconds: 1, nanoseconds: 2, bytes: sll2(3, 0, packet) }]))
  const file = await fetchDownload(client, () => client.call('saveSession', {}))
  await service.close()
  if (!file.ok) throw new Error(file.failure.message)
  return Buffer.from(file.value).toString()
}

describe('a session', () => {
  it('is replayed without the engine: its host, its reports and its packets', async () => {
    const path = join(folder, 'session.json')
    writeFileSync(path, await save())
    const { client, service } = open(path)
    expect(await client.call('sessionReports', {})).toMatchObject({
      value: [
        { index: 0, kind: 'predicted', label: 'c1 > 203.0.113.80 (icmp)', captureBytes: null },
        { index: 1, kind: 'watch', label: 'host' },
      ],
    })
    const state = await client.call('hostState', {})
    expect(state.ok && state.value?.state.containers.map(({ name }) => name)).toContain('c1')
    const first = await client.call('sessionReport', { index: 0 })
    expect(first).toMatchObject({ value: { kind: 'predicted', report: { flow, disposition: 'leaves-host' } } })
    const again = await client.call('trace', { flow, tried: false })
    expect(again.ok && first.ok && first.value.kind === 'predicted' && first.value.report).toEqual(
      again.ok && again.value.report,
    )
    const watched = await client.call('sessionReport', { index: 1 })
    if (!watched.ok || watched.value.kind !== 'watch') throw new Error('no watch')
    const { id } = watched.value.capture.watch
    expect(await client.call('watchPackets', { id, from: 0, count: 10 })).toMatchObject({
      value: { packets: [{ netns: 'host', device: 'docker0', packet: { src: '172.17.0.2' } }] },
    })
    // Looked at twice it is opened once.
    await client.call('sessionReport', { index: 1 })
    const watches = await client.call('listWatches', {})
    expect(watches.ok && watches.value).toHaveLength(1)
    expect(await client.call('sessionReport', { index: 9 })).toMatchObject({ ok: false, failure: { at: 'index' } })
    await service.close()
  })

  it('is saved again with what was added to it', async () => {
    const path = join(folder, 'longer.json')
    writeFileSync(path, await save())
    const { client, service } = open(path)
    await client.call('trace', { flow: { ...flow, to: 'c2' }, tried: false })
    const file = await fetchDownload(client, () => client.call('saveSession', {}))
    if (!file.ok) throw new Error(file.failure.message)
    await service.close()
    writeFileSync(path, file.value)
    const longer = open(path)
    const items = await longer.client.call('sessionReports', {})
    expect(items.ok && items.value.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'predicted c1 > 203.0.113.80 (icmp)',
      'watch host',
      'predicted c1 > c2 (icmp)',
    ])
    await longer.service.close()
  })

  it('that is damaged is refused with the place', async () => {
    const path = join(folder, 'damaged.json')
    const session = JSON.parse(await save()) as { entries: { report?: { flow: { from: unknown } } }[] }
    const [entry] = session.entries
    if (entry?.report !== undefined) entry.report.flow.from = 7
    writeFileSync(path, JSON.stringify(session))
    const { client, service } = open(path)
    expect(await client.call('refresh', {})).toMatchObject({
      ok: false,
      failure: { code: 'unreadable-file', at: 'entries[0].report.flow.from' },
    })
    await service.close()
  })

  it('of another version is refused as one', async () => {
    const path = join(folder, 'newer.json')
    writeFileSync(path, JSON.stringify({ schema: 'hopwire.session/9' }))
    const { client, service } = open(path)
    expect(await client.call('refresh', {})).toMatchObject({ ok: false, failure: { at: 'schema' } })
    await service.close()
  })
})
