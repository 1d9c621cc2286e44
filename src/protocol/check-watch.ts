import type { WatchTarget } from '../core/watch/watch.ts'
import { checkFields, LONGEST_ID } from './check-transfer.ts'
import { badParams, type Checked, checkInteger, checkKeys, checkRecord, checkText } from './check-value.ts'
import type { Params, WatchQuestion } from './contract.ts'

/** Bounds of what a watch may keep, in bytes. */
export const RING_BYTES = { least: 64 * 1024, most: 512 * 1024 * 1024, usual: 32 * 1024 * 1024 } as const
export const SNAP_LENGTH = { least: 96, most: 262_144, usual: 512 } as const

/** libpcap itself has no bound; longer ones are nobody's. */
const LONGEST_FILTER = 2000
const LONGEST_NAME = 300

/** Most packets of one answer. */
const MOST_PACKETS = 2000

/** Checks the parameters of `startWatch`. Whether the filter is one is for libpcap to say. */
export function checkWatchQuestion(input: unknown): Checked<WatchQuestion> {
  const record = checkFields(input, ['target', 'filter', 'ringBytes', 'snapLength'])
  if (!record.ok) return record
  const target = checkTarget(record.value.target)
  if (!target.ok) return target
  const filter = record.value.filter === '' ? '' : checkText(record.value.filter, 'filter', LONGEST_FILTER)
  if (filter !== '' && !filter.ok) return filter
  const ring = checkInteger(record.value.ringBytes, 'ringBytes', RING_BYTES.least, RING_BYTES.most)
  if (!ring.ok) return ring
  const snap = checkInteger(record.value.snapLength, 'snapLength', SNAP_LENGTH.least, SNAP_LENGTH.most)
  if (!snap.ok) return snap
  const text = filter === '' ? '' : filter.value
  return { ok: true, value: { target: target.value, filter: text, ringBytes: ring.value, snapLength: snap.value } }
}

function checkTarget(input: unknown): Checked<WatchTarget> {
  const record = checkRecord(input, 'target')
  if (!record.ok) return record
  const { kind } = record.value
  switch (kind) {
    case 'host': {
      const keys = checkKeys(record.value, ['kind'], 'target')
      return keys.ok ? { ok: true, value: { kind } } : keys
    }
    case 'container':
    case 'network': {
      const keys = checkKeys(record.value, ['kind', 'name'], 'target')
      if (!keys.ok) return keys
      const name = checkText(record.value.name, 'target.name', LONGEST_NAME)
      return name.ok ? { ok: true, value: { kind, name: name.value } } : name
    }
    case 'device':
      return checkDevice(record.value)
    default:
      return badParams('target.kind', 'must be one of host, container, network, device')
  }
}

function checkDevice(value: Readonly<Record<string, unknown>>): Checked<WatchTarget> {
  const keys = checkKeys(value, ['kind', 'netns', 'device'], 'target')
  if (!keys.ok) return keys
  const netns = checkText(value.netns, 'target.netns', LONGEST_NAME)
  if (!netns.ok) return netns
  const device = checkText(value.device, 'target.device', LONGEST_NAME)
  return device.ok ? { ok: true, value: { kind: 'device', netns: netns.value, device: device.value } } : device
}

/** Checks the parameters of `watchPackets`. */
export function checkWatchPackets(input: unknown): Checked<Params<'watchPackets'>> {
  const record = checkFields(input, ['id', 'from', 'count'])
  if (!record.ok) return record
  const id = checkText(record.value.id, 'id', LONGEST_ID)
  if (!id.ok) return id
  const from = checkInteger(record.value.from, 'from', 0, Number.MAX_SAFE_INTEGER)
  if (!from.ok) return from
  const count = checkInteger(record.value.count, 'count', 1, MOST_PACKETS)
  return count.ok ? { ok: true, value: { id: id.value, from: from.value, count: count.value } } : count
}
