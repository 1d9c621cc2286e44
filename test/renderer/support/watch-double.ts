import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import type { WatchFlow, WatchInfo, WatchMove, WatchPacket, WatchUpdate } from '../../../src/core/watch/watch.ts'
import type {
  EventName,
  Failure,
  Outcome,
  Params,
  SourceStatus,
  WatchQuestion,
} from '../../../src/protocol/contract.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { refuseWatches } from '../../support/protocol/refuse-watches.ts'
import { sampleReport } from './sample-report.ts'

/** A backend in memory whose traffic the test makes up. Everything goes through the real protocol around it. */
export interface WatchDouble {
  readonly service: Service
  readonly started: readonly WatchQuestion[]
  readonly traced: readonly Params<'trace'>['flow'][]
  readonly uploads: ReadonlyMap<string, string>
  /** What the next start of a watch fails with. */
  refuse: Failure | null
  packets: readonly WatchPacket[]
  flows: readonly WatchFlow[]
  /** What `download` gives, piece by piece. */
  file: Uint8Array
  tell(update: Partial<WatchUpdate>): void
  info(): WatchInfo | undefined
}

/** Returns such a backend over a host; it pretends to be of the kind given. */
export function createWatchDouble(host: HostState, kind: SourceStatus['kind'] = 'docker'): WatchDouble {
  const infos: WatchInfo[] = []
  const handlers = new Map<EventName, Set<(payload: never) => void>>()
  const started: WatchQuestion[] = []
  const traced: Params<'trace'>['flow'][] = []
  const uploads = new Map<string, string>()
  const status: SourceStatus = { kind, phase: 'ready', label: kind, progress: null, activity: null, problem: null }
  const change = async (id: string, part: Partial<WatchInfo>): Promise<Outcome<WatchInfo>> => {
    const at = infos.findIndex((each) => each.id === id)
    const info = infos[at]
    if (info === undefined) return { ok: false, failure: { code: 'bad-params', message: 'there is no such watch' } }
    infos[at] = { ...info, ...part }
    return { ok: true, value: infos[at] }
  }
  const double: WatchDouble = {
    started,
    traced,
    uploads,
    refuse: null,
    packets: [],
    flows: [],
    file: new Uint8Array(),
    info: () => infos.at(-1),
    tell: (update) => {
      const info = infos.at(-1)
      const payload = { ...QUIET, id: info?.id ?? '', stage: info?.stage ?? 'ended', ...update }
      for (const handler of handlers.get('watchUpdate') ?? []) handler(payload as never)
    },
    service: {
      methods: {
        ...refuseWatches,
        hello: async () => ({ ok: true, value: { version: '0.1.0', status } }),
        hostState: async () => ({ ok: true, value: { revision: 1, state: host } }),
        refresh: async () => ({ ok: true, value: { revision: 1 } }),
        trace: async ({ flow }) => {
          traced.push(flow)
          return { ok: true, value: sampleReport() }
        },
        liveTrace: async () => ({ ok: false, failure: { code: 'probe-failed', message: 'nothing live here' } }),
        startWatch: async (question) => {
          if (double.refuse !== null) return { ok: false, failure: double.refuse }
          started.push(question)
          infos.push(makeInfo(`w${infos.length + 1}`, question))
          return { ok: true, value: infos.at(-1) as WatchInfo }
        },
        listWatches: async () => ({ ok: true, value: infos }),
        pauseWatch: ({ id }) => change(id, { stage: 'paused' }),
        resumeWatch: ({ id }) => change(id, { stage: 'running' }),
        stopWatch: ({ id }) => change(id, { stage: 'ended' }),
        forgetWatch: async ({ id }) => {
          infos.splice(
            infos.findIndex((each) => each.id === id),
            1,
          )
          return { ok: true, value: {} }
        },
        watchFlows: async () => ({ ok: true, value: double.flows }),
        watchPackets: async ({ from, count }) => {
          const packets = double.packets.filter(({ seq }) => seq >= from && seq < from + count)
          const next = (double.packets.at(-1)?.seq ?? -1) + 1
          return { ok: true, value: { packets, first: double.packets[0]?.seq ?? 0, next } }
        },
        exportWatch: async () => ({
          ok: true,
          value: { download: 'd1', name: 'web.pcapng', bytes: double.file.length },
        }),
        saveSession: async () => ({
          ok: true,
          value: { download: 'd1', name: 'session.hopwire', bytes: double.file.length },
        }),
        download: async ({ offset }) => {
          const piece = double.file.subarray(offset, offset + 1000)
          const next = offset + 1000 < double.file.length ? offset + 1000 : null
          return { ok: true, value: { data: Buffer.from(piece).toString('base64'), next } }
        },
        upload: async ({ upload, data }) => {
          const id = upload ?? `u${uploads.size + 1}`
          const all = Buffer.concat([Buffer.from(uploads.get(id) ?? '', 'base64'), Buffer.from(data, 'base64')])
          uploads.set(id, all.toString('base64'))
          return { ok: true, value: { upload: id, bytes: all.length } }
        },
        importCapture: async ({ name }) => {
          const watch: WatchInfo = {
            ...makeInfo(`i${infos.length + 1}`, null),
            label: `capture ${name}`,
            stage: 'ended',
          }
          infos.push(watch)
          return { ok: true, value: { ...IMPORTED, watch, packets: double.packets.length } }
        },
        sessionReports: async () => ({
          ok: true,
          value: [
            {
              index: 0,
              kind: 'predicted',
              label: 'c1 > facebook.com (icmp)',
              at: '2026-11-21T05:00:00Z',
              captureBytes: null,
            },
            { index: 1, kind: 'watch', label: 'container web', at: '2026-11-21T05:01:00Z', captureBytes: 12_345 },
          ],
        }),
        sessionReport: async () => ({ ok: true, value: { kind: 'predicted', report: sampleReport() } }),
      },
      subscribe(event, handler) {
        const all = handlers.get(event) ?? new Set()
        handlers.set(event, all)
        all.add(handler)
        return () => void all.delete(handler)
      },
    },
  }
  return double
}

function makeInfo(id: string, question: WatchQuestion | null): WatchInfo {
  const target = question?.target ?? null
  const label = target === null ? '' : 'name' in target ? `${target.kind} ${target.name}` : target.kind
  return {
    id,
    target,
    label,
    filter: question?.filter ?? '',
    ringBytes: question?.ringBytes ?? 0,
    stage: 'running',
    problem: null,
    places: [{ netns: 'host', filter: question?.filter ?? '' }],
    lacks: [],
    leftOut: ['The helper’s own traffic with the engine.'],
  }
}

/** An update that tells nothing. */
export const QUIET: WatchUpdate = {
  id: '',
  stage: 'running',
  problem: null,
  elapsed: 1000,
  interval: 250,
  totals: { packets: 0, bytes: 0, lost: 0, paused: 0, own: 0, unread: 0, forgotten: 0 },
  ring: { packets: 0, bytes: 0, capacity: 32 * 1024 * 1024, first: 0, next: 0 },
  flows: [],
  gone: [],
  hops: [],
  moves: [],
}

const IMPORTED = {
  application: 'Dumpcap 4.0',
  places: [
    {
      interface: 'eth0',
      packets: 3,
      netns: 'container:web',
      device: 'eth0',
      by: 'addresses',
      why: 'its address is 172.17.0.4',
    },
    {
      interface: 'wlan0',
      packets: 2,
      netns: null,
      device: null,
      by: null,
      why: 'no device of this host has the address 10.9.9.9',
    },
  ],
  problems: [{ message: 'the block ends before its length', offset: 4096 }],
} as const

/** A connection from c1 to the web server, through the host's published port. */
export function makeFlow(id: number, change: Partial<WatchFlow> = {}): WatchFlow {
  const port = 40_000 + id
  return {
    id,
    family: 4,
    protocol: 'tcp',
    original: { src: '172.17.0.2', dst: '198.51.100.10', sourcePort: port, destinationPort: 8080 },
    reply: { src: '172.17.0.4', dst: '172.17.0.2', sourcePort: 80, destinationPort: port },
    directionFrom: 'conntrack',
    from: { name: 'c1', netns: 'container:c1' },
    to: { name: 'web', netns: 'container:web' },
    nat: { source: null, destination: '172.17.0.4:80' },
    state: 'ESTABLISHED',
    flags: ['ASSURED'],
    sent: { packets: 6, bytes: 420 },
    returned: { packets: 5, bytes: 1800 },
    packetsPerSecond: 2,
    bytesPerSecond: 400,
    firstSeen: id * 100,
    lastSeen: id * 100 + 50,
    ended: false,
    trace: { from: 'c1', to: '198.51.100.10', protocol: 'tcp', sourcePort: port, destinationPort: 8080 },
    ...change,
  }
}

const PACKET: Packet = {
  family: 4,
  protocol: 'tcp',
  src: '172.17.0.2',
  dst: '172.17.0.4',
  sourcePort: 40_001,
  destinationPort: 80,
  tcpFlags: ['syn'],
  ttl: 64,
  length: 60,
  dontFragment: true,
  sourceMac: '02:42:ac:11:00:02',
  destinationMac: '02:42:ac:11:00:04',
}

/** A packet that c1 sends, a hundred milliseconds after the one before it. */
export function makePacket(seq: number, change: Partial<WatchPacket> = {}): WatchPacket {
  return {
    seq,
    seconds: 1_795_230_000 + Math.floor(seq / 10),
    nanoseconds: (seq % 10) * 100_000_000,
    netns: 'container:c1',
    device: 'eth0',
    direction: 'out',
    otherHost: false,
    flow: 1,
    packet: PACKET,
    problem: null,
    length: 74,
    kept: 74,
    comments: [],
    ...change,
  }
}

/** The devices that a packet from c1 to the web server passes, as they tell of it, microseconds apart. */
export function movesToWeb(flow: number, at: number): readonly WatchMove[] {
  const seen = [
    ['container:c1', 'eth0', 'out'],
    ['host', 'vethc1', 'in'],
    ['host', 'docker0', 'in'],
    ['host', 'docker0', 'out'],
    ['host', 'vethweb', 'out'],
    ['container:web', 'eth0', 'in'],
  ] as const
  return seen.map(([netns, device, direction], index) => ({
    seq: index,
    flow,
    netns,
    device,
    direction,
    at: at + index * 0.01,
  }))
}
