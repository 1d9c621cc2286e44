import type { HostState } from '../../core/host/host-state.ts'
import type { NetNamespace } from '../../core/host/namespace.ts'
import type { EndedNamespace, Lack, SenderResult } from '../../core/observe/observation.ts'
import type { Frame } from '../../core/parse/frames.ts'
import { isRecord } from '../../core/parse/json-value.ts'
import type { RawDrops, RawNamespace, RawObservation, RawSave } from '../../core/parse/live/raw-observation.ts'
import { endedLacks, findEnded, hasBegun } from './find-ended.ts'
import { readLinks } from './read-links.ts'
import { explain, refusalOf, rightOf } from './refusals.ts'
import type { WatchedPlace } from './watch-plan.ts'
import type { PlannedWatch } from './plan-watch.ts'

/**
 * Makes of what the watch printed what the pure half takes: everything by namespace, and for everything that is not there
 * a sentence that says why. A packet that was waited for has nobody who tells of it: its sender is then `not-sent`.
 */
export function readObservation(
  state: HostState,
  { plan, unreachable }: PlannedWatch,
  frames: readonly Frame[],
): RawObservation {
  const drops = readDrops(frames)
  const namespaces = plan.namespaces.map((place, index) => {
    const netns = state.namespaces.find(({ id }) => id === place.inode)
    const raw = readPlace(place, netns, frames, findEnded(state, place, frames))
    return index === 0 && drops.lack !== null ? { ...raw, lacks: [...raw.lacks, drops.lack] } : raw
  })
  const missing = unreachable.map((netns) => unwatched(netns.name, 'no process of it is known to enter it by'))
  return { namespaces: [...namespaces, ...missing], drops: drops.value, sender: readSender(frames, plan.send !== null) }
}

function readPlace(
  place: WatchedPlace,
  netns: NetNamespace | undefined,
  frames: readonly Frame[],
  ended: EndedNamespace | null,
): RawNamespace {
  const own = frames.filter(({ namespace }) => namespace === place.inode)
  const find = (command: string): Frame | undefined => own.find((frame) => frame.command === command)
  const refused = own.map(refusalOf).find((why) => why !== undefined)
  const known = ended === null ? {} : { ended }
  if (refused !== undefined && (ended === null || !hasBegun(own)))
    return { ...unwatched(place.netns, refused), ...known }
  const capture = find('tcpdump')
  const trace = find('nft')
  const listed = (when: 'before' | 'after') => {
    const [json, text] = [find(`nft-json:${when}`), find(`nft-text:${when}`)]
    return json?.exit === 0 && text?.exit === 0 ? { json: json.output, text: text.output } : null
  }
  const after = listed('after')
  const untold = ruleLacks(trace, netns)
  return {
    netns: place.netns,
    devices: { ...devicesOf(netns), ...readLinks(find('link')?.output ?? '') },
    pcap: capture === undefined || !isCapturing(capture) ? null : Buffer.from(capture.output, 'hex'),
    nftTrace: trace === undefined || nftError(trace) !== null ? null : trace.output.replace(/^nft> /gm, ''),
    nftListing: listed('before'),
    ...(after === null ? {} : { nftListingAfter: after }),
    saves: readSaves(own),
    lacks: [
      ...captureLacks(capture),
      ...untold,
      ...(untold.length > 0 ? counterLacks(own) : []),
      ...(ended === null ? [] : endedLacks(place)),
    ],
    ...known,
  }
}

function unwatched(netns: string, why: string): RawNamespace {
  const lacks: readonly Lack[] = [{ what: 'namespace', why: `this namespace cannot be watched: ${why}` }]
  return { netns, devices: {}, pcap: null, nftTrace: null, nftListing: null, saves: [], lacks }
}

function devicesOf(netns: NetNamespace | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((netns?.interfaces ?? []).map(({ index, name }) => [String(index), name]))
}

function readSaves(own: readonly Frame[]): readonly RawSave[] {
  return own.flatMap(({ command, output, exit }) => {
    const [, kind] = /^save:(.+):before$/.exec(command) ?? []
    const after = own.find((frame) => frame.command === `save:${kind}:after`)
    if (kind === undefined || exit !== 0 || after?.exit !== 0) return []
    const family = kind.endsWith('ip6') ? 'ip6' : 'ip'
    const backend = kind.startsWith('legacy') ? 'legacy' : 'nft'
    return [{ family, backend, before: output, after: after.output } as const]
  })
}

function isCapturing({ error }: Frame): boolean {
  return /listening on/.test(error)
}

function captureLacks(capture: Frame | undefined): readonly Lack[] {
  if (capture === undefined) return [{ what: 'frames', why: 'tcpdump was not started' }]
  if (!isCapturing(capture))
    return [{ what: 'frames', why: `packets cannot be captured: ${explain(captureError(capture), 'NET_RAW')}` }]
  const lost = Number(/^(\d+) packets? dropped by kernel/m.exec(capture.error)?.[1] ?? 0)
  if (lost > 0) return [{ what: 'frames', why: `the capture has lost ${lost} packets: too many came at once` }]
  return wasCutShort(capture)
    ? [{ what: 'frames', why: 'the last packets are missing: this machine was too busy' }]
    : []
}

/** What watch-tools.pl writes below what a tool said that had not told everything when it was ended. */
const wasCutShort = ({ error }: Frame): boolean => /^cut short: it was telling still$/m.test(error)

function ruleLacks(trace: Frame | undefined, netns: NetNamespace | undefined): readonly Lack[] {
  const error = trace === undefined ? 'nft was not started' : nftError(trace)
  const lacks: Lack[] =
    error === null ? [] : [{ what: 'rules', why: `rules cannot be traced: ${explain(error, 'NET_ADMIN')}` }]
  if (trace?.output.includes('We lost some netlink events') === true)
    lacks.push({
      what: 'rules',
      why: 'some rules that were met are missing: the kernel told of more than could be read',
    })
  else if (trace !== undefined && wasCutShort(trace))
    lacks.push({ what: 'rules', why: 'the last rules that were met are missing: this machine was too busy' })
  const legacy = netns?.rulesets.iptables?.some(
    ({ backend, chains }) =>
      backend === 'legacy' && chains.some(({ rules, policy }) => rules.length > 0 || policy === 'DROP'),
  )
  if (legacy === true)
    lacks.push({
      what: 'rules',
      why: 'this host has rules of iptables-legacy, which the kernel does not trace: their counters are compared instead',
    })
  return lacks
}

/** A kernel before 5.12 has no tables with an owner, an nft before 0.9.9 no word for them. */
const NO_OWNER = /unknown table option owner|^Could not process rule: (Operation not supported|Invalid argument)$/

/**
 * Being killed is how it ends; anything else that ends it is trouble. `netlink: Error: ...` is what it says when it may not
 * even list what there is.
 */
function nftError({ error, exit }: Frame): string | null {
  const said = /^(?:netlink: )?Error: (.*)$/m.exec(error)?.[1]?.trim()
  if (said !== undefined)
    return NO_OWNER.test(said)
      ? `${said} (nft 0.9.9 and Linux 5.12 are the first with tables that have an owner)`
      : said
  return exit === 137 ? null : `nft ended by itself: ${lastLine(error) || `exit status ${exit}`}`
}

/** Where rules cannot be traced, their counters are what is left. */
function counterLacks(own: readonly Frame[]): readonly Lack[] {
  const failed = own.find(({ command, exit }) => command.startsWith('save:') && exit !== 0)
  if (failed === undefined) return []
  const said = lastLine(failed.error) || `exit status ${failed.exit}`
  return [{ what: 'counters', why: `counters of rules cannot be read: ${explain(said, 'NET_ADMIN')}` }]
}

function readDrops(frames: readonly Frame[]): { readonly value: RawDrops | null; readonly lack: Lack | null } {
  const frame = frames.find(({ command }) => command === 'drops')
  const none = (why: string) => ({ value: null, lack: { what: 'drop-reasons', why } as const })
  if (frame === undefined) return none('drop reasons were not asked for')
  const end = frame.output.indexOf('\n')
  if (!/^ready$/m.test(frame.error) || end < 0) return none(`drop reasons are not told: ${lastLine(frame.error)}`)
  return {
    value: { clockOffset: Number(frame.output.slice(0, end)), text: frame.output.slice(end + 1) },
    lack: null,
  }
}

const outcomes = [
  'reply',
  'refused',
  'unreachable',
  'connected',
  'reset',
  'error',
  'silence',
  'not-sent',
  'unable',
] as const

function readSender(frames: readonly Frame[], wanted: boolean): SenderResult {
  const frame = frames.find(({ command }) => command === 'sender')
  if (frame === undefined) {
    const nothing = { detail: '', roundTrip: null } as const
    return wanted
      ? { ...nothing, outcome: 'unable', detail: 'it was not started' }
      : { ...nothing, outcome: 'not-sent' }
  }
  const refused = refusalOf(frame)
  if (refused !== undefined) return { outcome: 'unable', detail: refused, roundTrip: null }
  try {
    const value: unknown = JSON.parse(frame.output)
    const outcome = isRecord(value) ? outcomes.find((one) => one === value['outcome']) : undefined
    if (isRecord(value) && outcome !== undefined) {
      const { detail, roundTrip } = value
      return {
        outcome,
        detail: typeof detail !== 'string' ? '' : outcome === 'unable' ? explain(detail, rightOf(detail)) : detail,
        roundTrip: typeof roundTrip === 'number' ? roundTrip : null,
      }
    }
  } catch {
    // Told below: what it said instead.
  }
  return { outcome: 'error', detail: `the sender told nothing: ${lastLine(frame.error)}`, roundTrip: null }
}

/** Tcpdump's own words and, in brackets on a line of their own, those of the kernel. */
function captureError({ error, exit }: Frame): string {
  const said = error.trim().split('\n').slice(-2).join(' ')
  return said.replace(/^tcpdump: (any: )?/, '') || `tcpdump ended with exit status ${exit}`
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
