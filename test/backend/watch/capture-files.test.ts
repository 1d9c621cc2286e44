import { afterEach, describe, expect, it } from 'vitest'
import { type Capture, LINK_TYPES } from '../../../src/core/capture/capture.ts'
import { writePcapng } from '../../../src/core/capture/write-pcapng.ts'
import { readPcapng } from '../../../src/core/capture/read-pcapng.ts'
import { fetchDownload } from '../../../src/cli/fetch-download.ts'
import type { Outcome } from '../../../src/protocol/contract.ts'
import type { ImportedCapture } from '../../../src/core/watch/watch.ts'
import { ethernet, ipv4, sll2, tcp, udp } from '../../support/build-packet.ts'
import { playBackend } from '../../support/watched-backend.ts'

const WEB_MAC = '0e:c9:73:d5:25:dd'
const NAT = { src: '172.17.0.4', dst: '203.0.113.80' }
const question = ipv4(6, NAT, tcp(4000, 80, ['syn']))
const answer = ipv4(6, { src: NAT.dst, dst: NAT.src }, tcp(80, 4000, ['syn', 'ack']))

let backend: ReturnType<typeof playBackend>
afterEach(() => backend.service.close())

/** One interface for each entry; packets in the order in which they are given. */
function capture(
  parts: readonly { readonly name: string; readonly link: number; readonly data: readonly Uint8Array[] }[],
): Capture {
  return {
    application: 'tcpdump (libpcap)',
    comments: [],
    interfaces: parts.map(({ name, link }) => ({ name, description: '', linkType: link })),
    packets: parts.flatMap(({ data }, index) =>
      data.map((bytes, place) => ({
        interface: index,
        seconds: 1_700_000_000,
        nanoseconds: place * 1_000_000 + index,
        direction: null,
        length: bytes.length,
        data: bytes,
        comments: [],
      })),
    ),
    names: [],
  }
}

async function importBytes(bytes: Uint8Array, name = 'some.pcapng') {
  backend = playBackend()
  const { client } = backend
  let upload: string | null = null
  for (let at = 0; at === 0 || at < bytes.length; at += 30_000) {
    const data = Buffer.from(bytes.subarray(at, at + 30_000)).toString('base64')
    const sent: Outcome<{ readonly upload: string }> = await client.call('upload', { upload, data })
    if (!sent.ok) throw new Error(sent.failure.message)
    upload = sent.value.upload
  }
  const imported = await client.call('importCapture', { upload: upload ?? '', name })
  if (!imported.ok) throw new Error(imported.failure.message)
  return imported.value
}

const importParts = (...parts: Parameters<typeof capture>[0]) => importBytes(writePcapng(capture(parts)))
const placesOf = ({ places }: ImportedCapture) => places.map(({ netns, device, by }) => [netns, device, by])
async function packetsOf({ watch }: ImportedCapture) {
  const read = await backend.client.call('watchPackets', { id: watch.id, from: 0, count: 100 })
  if (!read.ok) throw new Error(read.failure.message)
  return read.value.packets
}

describe('an imported capture', () => {
  it('finds the devices that Hopwire named', async () => {
    const imported = await importParts(
      { name: 'host/docker0', link: LINK_TYPES.linuxSll2, data: [sll2(3, 0, question)] },
      { name: 'container:web/eth0', link: LINK_TYPES.linuxSll2, data: [sll2(2, 4, question)] },
    )
    expect(placesOf(imported)).toEqual([
      ['host', 'docker0', 'name'],
      ['container:web', 'eth0', 'name'],
    ])
    expect(imported.watch).toMatchObject({ label: 'capture some.pcapng', stage: 'ended', target: null, lacks: [] })
  })

  it('finds a container s device by its addresses, and directions by its MAC address', async () => {
    const imported = await importParts({
      name: 'eth0',
      link: LINK_TYPES.ethernet,
      data: [ethernet(WEB_MAC, 'a2:a1:86:8b:d5:84', question), ethernet('a2:a1:86:8b:d5:84', WEB_MAC, answer)],
    })
    expect(placesOf(imported)).toEqual([['container:web', 'eth0', 'addresses']])
    expect(await packetsOf(imported)).toMatchObject([
      { netns: 'container:web', device: 'eth0', direction: 'out', packet: { src: '172.17.0.4', sourceMac: WEB_MAC } },
      { direction: 'in', packet: { destinationMac: WEB_MAC } },
    ])
    const flows = await backend.client.call('watchFlows', { id: imported.watch.id })
    expect(flows).toMatchObject({
      value: [{ from: { name: 'web' }, directionFrom: 'opening', sent: { packets: 1 }, returned: { packets: 1 } }],
    })
  })

  it('takes raw IP and the devices of -i any apart', async () => {
    const imported = await importParts(
      {
        name: 'any',
        link: LINK_TYPES.linuxSll2,
        data: [sll2(9, 4, question), sll2(12, 4, ipv4(17, { src: '9.9.9.9', dst: '8.8.8.8' }, udp(1, 2)))],
      },
      { name: 'tun7', link: LINK_TYPES.raw, data: [question] },
    )
    expect(imported.places.map((place) => [place.interface, place.netns])).toEqual([
      ['any, device 9', 'container:web'],
      ['any, device 12', null],
      ['tun7', 'container:web'],
    ])
    expect(imported.watch.lacks).toEqual([
      'any, device 12 matches nothing on this host: none of its addresses is that of a device here',
    ])
    expect((await packetsOf(imported)).map(({ netns, device }) => `${netns} ${device}`)).toEqual([
      'container:web eth0',
      'null any, device 12',
      'container:web eth0',
    ])
  })

  it('does not choose between two that fit alike', async () => {
    const between = ipv4(17, { src: '172.17.0.4', dst: '172.17.0.2' }, udp(1, 2))
    const imported = await importParts({ name: 'eth0', link: LINK_TYPES.raw, data: [between] })
    expect(imported.places).toMatchObject([
      { netns: null, by: null, why: expect.stringMatching(/ and .* fit alike$/) as string },
    ])
  })

  it('keeps what stood before the damage, and tells where that is', async () => {
    const bytes = writePcapng(capture([{ name: 'eth0', link: LINK_TYPES.raw, data: [question, answer] }]))
    const imported = await importBytes(bytes.subarray(0, bytes.length - 10))
    expect(imported.packets).toBe(1)
    expect(imported.problems).toEqual([
      { message: expect.stringContaining('is cut') as string, offset: expect.any(Number) as number },
    ])
  })

  it('tells what is no capture, and keeps nothing of it', async () => {
    const imported = await importBytes(new TextEncoder().encode('{"a": "file of something else"}'))
    expect(imported).toMatchObject({ packets: 0, problems: [{ offset: 0 }] })
    expect(await backend.client.call('listWatches', {})).toEqual({ ok: true, value: [] })
  })

  it('is written again as it was, with comments', async () => {
    const before = capture([{ name: 'host/docker0', link: LINK_TYPES.linuxSll2, data: [sll2(3, 0, question)] }])
    const packets = before.packets.map((packet) => ({ ...packet, comments: ['ip filter FORWARD: policy drop'] }))
    const imported = await importBytes(writePcapng({ ...before, packets }))
    const file = await fetchDownload(backend.client, () =>
      backend.client.call('exportWatch', { id: imported.watch.id }),
    )
    if (!file.ok) throw new Error(file.failure.message)
    const after = readPcapng(new Uint8Array(file.value)).capture
    expect(after.packets).toEqual(packets.map((packet) => ({ ...packet, direction: 'in' })))
    expect(after.interfaces).toMatchObject([{ name: 'host/docker0', linkType: LINK_TYPES.linuxSll2 }])
  })
})

describe('files under way', () => {
  it('go over the protocol in pieces, once', async () => {
    const bytes = new Uint8Array(2_000_000).map((_, index) => index % 251)
    const data = [...Array(60).keys()].map((turn) => ipv4(17, NAT, udp(turn, 2, [...bytes.subarray(0, 30_000)])))
    const imported = await importParts({ name: 'eth0', link: LINK_TYPES.raw, data })
    expect(imported.packets).toBe(60)
    const { client } = backend
    const made = await client.call('exportWatch', { id: imported.watch.id })
    if (!made.ok) throw new Error(made.failure.message)
    const file = await fetchDownload(client, async () => made)
    expect(file.ok && file.value.length).toBe(made.value.bytes)
    expect(await client.call('download', { download: made.value.download, offset: 0 })).toMatchObject({
      ok: false,
      failure: { code: 'bad-params', at: 'download' },
    })
  })

  it('refuses pieces of nothing', async () => {
    backend = playBackend()
    const { client } = backend
    expect(await client.call('upload', { upload: 'nobody', data: 'AAAA' })).toMatchObject({ failure: { at: 'upload' } })
    expect(await client.call('upload', { upload: null, data: 'A?' })).toMatchObject({ failure: { at: 'data' } })
    expect(await client.call('importCapture', { upload: 'nobody', name: 'x' })).toMatchObject({
      failure: { at: 'upload' },
    })
    expect(await client.call('exportLive', {})).toMatchObject({ failure: { code: 'bad-params' } })
  })
})
