import { child, type ComposeNode, isNull, type Place } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ServiceNetwork } from './project.ts'
import { readAddress } from './read-network.ts'
import { checkKeys, readEntries, readInteger, readText, readTexts } from './read-node.ts'

const KEYS = [
  'aliases',
  'interface_name',
  'ipv4_address',
  'ipv6_address',
  'link_local_ips',
  'mac_address',
  'driver_opts',
  'priority',
  'gw_priority',
]

/** What a scene cannot say of an endpoint. */
const BEARING = ['interface_name', 'link_local_ips', 'driver_opts']

/** Returns the networks of a service in the order in which they are written: a list of names, or a mapping. */
export function readServiceNetworks(
  node: ComposeNode | undefined,
  what: string,
  notes: NoteBook,
): readonly ServiceNetwork[] {
  if (node === undefined) return []
  if (node.kind === 'list') {
    const names = readTexts(node, what, notes)
    if (names.length < node.items.length && node.items.every((item) => item.kind === 'scalar'))
      notes.problem(`${what} has the same network twice`, node.place)
    return names.map(({ text, place }) => readOne(text, undefined, place, what, notes))
  }
  return readEntries(node, what, notes).map(([key, { place, value }]) => readOne(key, value, place, what, notes))
}

function readOne(
  network: string,
  node: ComposeNode | undefined,
  place: Place,
  around: string,
  notes: NoteBook,
): ServiceNetwork {
  const what = `${around}.${network}`
  const values = node === undefined || isNull(node) ? [] : readEntries(node, what, notes)
  if (node !== undefined) checkKeys(node, KEYS, what, notes)
  for (const [key, entry] of values)
    if (BEARING.includes(key)) notes.warn(`${what}.${key} is not carried over: it is not simulated`, entry.place)
  const at = (key: string): ComposeNode | undefined => child(node, key)
  const address = (key: string, version: 4 | 6): string | null => {
    const found = readAddress(at(key), `${what}.${key}`, notes)
    if (found === null || found.includes(':') === (version === 6)) return found
    notes.problem(`${what}.${key} is an IPv${version} address, this is ${found}`, at(key)?.place ?? place)
    return null
  }
  const whole = (key: string): number => readInteger(at(key), `${what}.${key}`, -(2 ** 31), 2 ** 31 - 1, notes) ?? 0
  return {
    network,
    place,
    aliases: readTexts(at('aliases'), `${what}.aliases`, notes).map(({ text }) => text),
    ipv4: address('ipv4_address', 4),
    ipv6: address('ipv6_address', 6),
    mac: readMac(at('mac_address'), `${what}.mac_address`, notes),
    priority: whole('priority'),
    gatewayPriority: whole('gw_priority'),
  }
}

/** Returns a MAC address in small letters with colons. */
export function readMac(node: ComposeNode | undefined, what: string, notes: NoteBook): string | null {
  const text = readText(node, what, notes)
  if (text === null || text === '' || node === undefined) return null
  const mac = text.toLowerCase().replaceAll('-', ':')
  if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) return mac
  notes.problem(`${JSON.stringify(text)} is no MAC address (${what})`, node.place)
  return null
}
