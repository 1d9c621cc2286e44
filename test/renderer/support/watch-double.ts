import type { HostState } from '../../../src/core/host/host-state.ts'
import { nameBasis } from '../../../src/core/host/name-basis.ts'
import type { WatchFlow, WatchInfo, WatchPacket, WatchUpdate } from '../../../src/core/watch/watch.ts'
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
import { QUIET } from './watch-samples.ts'

/** What the test gives to be told. */
interface Given {
  /** What the next start of a watch fails with. */
  refuse: Failure | null
  packets: readonly WatchPacket[]
  flows: readonly WatchFlow[]
  /** What `download` gives, piece by piece. */
  file: Uint8Array
}

/** A backend in memory whose traffic the test makes up. Everything goes through the real protocol around it. */
export interface WatchDouble extends Given {
  readonly service: Service
  readonly started: readonly WatchQuestion[]
  readonly traced: readonly Params<'trace'>['flow'][]
  readonly uploads: ReadonlyMap<string, string>
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
  const given: Given = { refuse: null, packets: [], flows: [], file: new Uint8Array() }
  return Object.assign(given, {
    started,
    traced,
    uploads,
    info: () => infos.at(-1),
    tell: (update: Partial<WatchUpdate>) => {
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
          return { ok: true, value: { report: sampleReport(), revision: 1, basis: nameBasis(host) } }
        },
        liveTrace: async () => ({ ok: false, failure: { code: 'probe-failed', message: 'nothing live here' } }),
        ...watchMethods(given, infos, started),
        ...fileMethods(given, infos, uploads),
      },
      subscribe(event, handler) {
        const all = handlers.get(event) ?? new Set()
        handlers.set(event, all)
        all.add(handler)
        return () => void all.delete(handler)
      },
    } satisfies Service,
  })
}

type Methods = Service['methods']
type Watching = 'startWatch' | 'listWatches' | 'pauseWatch' | 'resumeWatch' | 'stopWatch' | 'forgetWatch'
type Reading = 'watchFlows' | 'watchPackets'
type Files =
  | 'exportWatch'
  | 'saveSession'
  | 'download'
  | 'upload'
  | 'importCapture'
  | 'sessionReports'
  | 'sessionReport'

function watchMethods(given: Given, infos: WatchInfo[], started: WatchQuestion[]): Pick<Methods, Watching | Reading> {
  const change = async (id: string, part: Partial<WatchInfo>): Promise<Outcome<WatchInfo>> => {
    const at = infos.findIndex((each) => each.id === id)
    const info = infos[at]
    if (info === undefined) return { ok: false, failure: { code: 'bad-params', message: 'there is no such watch' } }
    infos[at] = { ...info, ...part }
    return { ok: true, value: infos[at] }
  }
  return {
    startWatch: async (question) => {
      if (given.refuse !== null) return { ok: false, failure: given.refuse }
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
    watchFlows: async () => ({ ok: true, value: given.flows }),
    watchPackets: async ({ from, count }) => {
      const packets = given.packets.filter(({ seq }) => seq >= from && seq < from + count)
      const next = (given.packets.at(-1)?.seq ?? -1) + 1
      return { ok: true, value: { packets, first: given.packets[0]?.seq ?? 0, next } }
    },
  }
}

function fileMethods(given: Given, infos: WatchInfo[], uploads: Map<string, string>): Pick<Methods, Files> {
  return {
    exportWatch: async () => ({
      ok: true,
      value: { download: 'd1', name: 'web.pcapng', bytes: given.file.length },
    }),
    saveSession: async () => ({
      ok: true,
      value: { download: 'd1', name: 'session.hopwire', bytes: given.file.length },
    }),
    download: async ({ offset }) => {
      const piece = given.file.subarray(offset, offset + 1000)
      const next = offset + 1000 < given.file.length ? offset + 1000 : null
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
      return { ok: true, value: { ...IMPORTED, watch, packets: given.packets.length } }
    },
    sessionReports: async () => ({ ok: true, value: SAVED }),
    sessionReport: async () => ({ ok: true, value: { kind: 'predicted', report: sampleReport() } }),
  }
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

const SAVED = [
  {
    index: 0,
    kind: 'predicted',
    label: 'c1 > facebook.com (icmp)',
    at: '2026-11-21T05:00:00Z',
    captureBytes: null,
  },
  { index: 1, kind: 'watch', label: 'container web', at: '2026-11-21T05:01:00Z', captureBytes: 12_345 },
] as const

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
