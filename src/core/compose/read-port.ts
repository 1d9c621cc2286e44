import { canonicalAddress } from '../net/address.ts'
import { child, type ComposeNode, describeNode, type Place } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ComposePort } from './project.ts'
import { checkKeys, readInteger, readScalar, readText } from './read-node.ts'

const LONG_KEYS = ['name', 'mode', 'host_ip', 'target', 'published', 'protocol', 'app_protocol']

interface Range {
  readonly from: number
  readonly to: number
}

/** Returns the published ports of a service, each once; a bad one is a problem of the notes and is left out. */
export function readPorts(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly ComposePort[] {
  if (node === undefined) return []
  if (node.kind !== 'list') {
    notes.problem(`${what} is a list, this is ${describeNode(node)}`, node.place)
    return []
  }
  const found = new Map<string, ComposePort>()
  for (const item of node.items) {
    if (item.edit === 'reset') continue
    for (const port of item.kind === 'map' ? readLong(item, what, notes) : readShort(item, what, notes))
      found.set(keyOf(port), port)
  }
  return [...found.values()]
}

function keyOf({ hostAddress, published, target, protocol }: ComposePort): string {
  return `${hostAddress ?? '0.0.0.0'}:${published?.from}-${published?.to}:${target}/${protocol}`
}

/** `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]` (go-connections nat.ParsePortSpec). */
function readShort(node: ComposeNode, what: string, notes: NoteBook): readonly ComposePort[] {
  const text = readScalar(node, `an entry of ${what}`, notes)
  if (text === null) return []
  const refuse = (why: string): readonly ComposePort[] => {
    notes.problem(`${JSON.stringify(text)} in ${what} is no port: ${why}`, node.place)
    return []
  }
  const slash = text.indexOf('/')
  const protocol = readProtocol(slash < 0 ? 'tcp' : text.slice(slash + 1))
  if (protocol === null) return refuse('the protocol is tcp, udp or sctp')
  const parts = (slash < 0 ? text : text.slice(0, slash)).split(':')
  const target = readRange(parts.at(-1) ?? '')
  const asked = parts.at(-2) === '0' ? '' : (parts.at(-2) ?? '')
  const published = asked === '' ? null : readRange(asked)
  if (target === null) return refuse(`${JSON.stringify(parts.at(-1))} is no port of the container (1 to 65535)`)
  if (asked !== '' && published === null) return refuse(`${JSON.stringify(asked)} is no port of the host (1 to 65535)`)
  const address = parts.slice(0, -2).join(':')
  const hostAddress = address === '' ? null : hostAddressOf(address)
  if (address !== '' && hostAddress === null)
    return refuse(`${JSON.stringify(address)} is no address of the host (an IPv6 one stands in brackets)`)
  const pairs = pairUp(target, published)
  if (pairs === null) return refuse('the two ranges are not of the same length')
  return pairs.map((pair) => ({ ...pair, place: node.place, hostAddress, protocol }))
}

/** A range of the host for one port of the container stays one: Docker takes what is free in it. */
function pairUp(target: Range, published: Range | null): readonly Pick<ComposePort, 'target' | 'published'>[] | null {
  const count = target.to - target.from + 1
  const all = Array.from({ length: count }, (_, index) => target.from + index)
  if (published === null) return all.map((port) => ({ target: port, published: null }))
  if (count === 1) return [{ target: target.from, published }]
  if (published.to - published.from + 1 !== count) return null
  return all.map((port, index) => {
    const host = published.from + index
    return { target: port, published: { from: host, to: host } }
  })
}

function readLong(node: ComposeNode, what: string, notes: NoteBook): readonly ComposePort[] {
  checkKeys(node, LONG_KEYS, `an entry of ${what}`, notes)
  for (const key of ['name', 'mode', 'app_protocol']) {
    const extra = child(node, key)
    if (extra !== undefined) notes.leaveOut(`${what}.${key}`, extra.place)
  }
  const asked = child(node, 'target')
  if (asked === undefined) {
    notes.problem(`a port in ${what} has no target`, node.place)
    return []
  }
  const target = readInteger(asked, `target in ${what}`, 1, 65535, notes)
  const word = readText(child(node, 'protocol'), `protocol in ${what}`, notes) ?? 'tcp'
  const protocol = readProtocol(word)
  if (protocol === null) notes.problem(`"${word}" in ${what} is no protocol: tcp, udp or sctp`, node.place)
  const ip = child(node, 'host_ip')
  const address = readText(ip, `host_ip in ${what}`, notes)
  const hostAddress = address === null ? null : canonicalAddress(address)
  if (address !== null && hostAddress === null) {
    notes.problem(`${JSON.stringify(address)} in ${what} is no address of the host`, ip?.place ?? node.place)
    return []
  }
  const published = readPublished(child(node, 'published'), node.place, what, notes)
  if (target === null || protocol === null || published === undefined) return []
  return [{ place: node.place, hostAddress, published, target, protocol }]
}

/** Undefined is a bad one, null any free port. */
function readPublished(
  node: ComposeNode | undefined,
  place: Place,
  what: string,
  notes: NoteBook,
): Range | null | undefined {
  const text = readScalar(node, `published in ${what}`, notes)
  if (text === null || text === '' || text === '0') return null
  const range = readRange(text)
  if (range !== null) return range
  notes.problem(`${JSON.stringify(text)} in ${what} is no port of the host (1 to 65535)`, node?.place ?? place)
  return undefined
}

function hostAddressOf(text: string): string | null {
  const bare = /^\[(.*)\]$/.exec(text)?.[1]
  return bare === undefined && text.includes(':') ? null : canonicalAddress(bare ?? text)
}

function readProtocol(text: string): ComposePort['protocol'] | null {
  const word = text === '' ? 'tcp' : text.toLowerCase()
  return word === 'tcp' || word === 'udp' || word === 'sctp' ? word : null
}

function readRange(text: string): Range | null {
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (parts === null) return null
  const from = Number(parts[1])
  const to = Number(parts[2] ?? parts[1])
  return from >= 1 && to <= 65535 && from <= to ? { from, to } : null
}

/** Returns `expose` as `80/tcp`, ranges taken apart. */
export function readExposes(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly string[] {
  if (node === undefined) return []
  if (node.kind !== 'list') {
    notes.problem(`${what} is a list, this is ${describeNode(node)}`, node.place)
    return []
  }
  const exposes = node.items.flatMap((item) => {
    const text = readScalar(item, `an entry of ${what}`, notes)
    if (text === null) return []
    const [ports = '', word = 'tcp', ...more] = text.split('/')
    const range = readRange(ports)
    const protocol = readProtocol(word)
    if (range !== null && protocol !== null && more.length === 0)
      return Array.from({ length: range.to - range.from + 1 }, (_, index) => `${range.from + index}/${protocol}`)
    notes.problem(`${JSON.stringify(text)} in ${what} is no port (80, 80/udp, 3000-3005)`, item.place)
    return []
  })
  return [...new Set(exposes)]
}
