import type { IpSet } from '../host/ruleset.ts'
import { formatAddress, parseAddress } from '../net/address.ts'
import { ipv4Mask, ipv6Mask, parsePrefix, prefixContains } from '../net/prefix.ts'
import { protocolNumber } from '../net/protocol-number.ts'
import { cameByEthernet } from './came-by-ethernet.ts'
import { icmpCode } from './icmp-code.ts'
import type { MatchInput } from './match-input.ts'

export type Column = 'ip' | 'net' | 'port' | 'iface' | 'mac' | 'mark'

const COLUMNS: readonly Column[] = ['ip', 'net', 'port', 'iface', 'mac', 'mark']

/** Returns the columns of a set (`hash:ip,port`), or null for a type with others. */
export function columnsOf(set: IpSet): readonly Column[] | null {
  const words = set.type.slice(set.type.indexOf(':') + 1).split(',')
  const columns = words.map((word) => COLUMNS.find((column) => column === word))
  return columns.every((column): column is Column => column !== undefined) ? columns : null
}

/** Returns the set as it is now, null where that cannot be told, undefined where there is none of the name. */
export function findSet(name: string, input: MatchInput): IpSet | null | undefined {
  const changed = input.memory.sets.get(name)
  return changed === undefined ? input.ipsets?.find((candidate) => candidate.name === name) : changed
}

/** Returns the number behind a word of `ipset save`'s create line (`netmask 24`), or null. */
export function setOption(set: IpSet, word: string): number | null {
  const words = (set.options ?? '').split(' ')
  const value = Number(words[words.indexOf(word) + 1])
  return words.includes(word) && Number.isInteger(value) ? value : null
}

/**
 * Returns -1 where a member's column does not hold the packet, else the length of its prefix (0 for what is none); null for a
 * column that cannot be read.
 */
export function columnFits(
  set: IpSet,
  column: Column,
  field: string,
  isSource: boolean,
  input: MatchInput,
): number | null {
  switch (column) {
    case 'port':
      return portFits(field, isSource, input)
    case 'iface':
      return deviceFits(field, isSource, input)
    case 'mac':
      return macFits(set, field, isSource, input)
    case 'mark':
      return markOf(set, input) === Number(field) ? 0 : -1
    case 'ip':
    case 'net':
      return addressFits(set, field, isSource, input)
    default:
      return column satisfies never
  }
}

function addressFits(set: IpSet, field: string, isSource: boolean, input: MatchInput): number | null {
  const prefix = parsePrefix(field)
  const address = parseAddress(addressOf(set, isSource, input))
  if (prefix === null || address === null || prefix.length === null) return null
  return prefixContains(prefix, address.value) ? prefix.length : -1
}

/** A set of networks of one size (`netmask 24`) cuts each address down to its network. */
export function addressOf(set: IpSet, isSource: boolean, { packet }: MatchInput): string {
  const text = isSource ? packet.src : packet.dst
  const length = setOption(set, 'netmask')
  const address = parseAddress(text)
  if (length === null || address === null) return text
  if (address.family === 4) return formatAddress(4, (address.value & ipv4Mask(Math.min(32, length))) >>> 0)
  return formatAddress(6, address.value & ipv6Mask(Math.min(128, length)))
}

/** A device, or with `physdev:` the bridge's port. */
function deviceFits(field: string, isSource: boolean, input: MatchInput): number {
  const port = isSource ? input.physIn : input.physOut
  const device = isSource ? input.inDevice : input.outDevice
  return field.startsWith('physdev:') ? (field.slice(8) === port ? 0 : -1) : field === device ? 0 : -1
}

/** `bitmap:ip,mac` looks at the source whatever the rule says, and has members that hold any. */
function macFits(set: IpSet, field: string, isSource: boolean, input: MatchInput): number | null {
  const { sourceMac, destinationMac } = input.packet
  if (!cameByEthernet(input)) return -1
  if (field === '') return set.type === 'bitmap:ip,mac' ? 0 : -1
  const mac = isSource || set.type === 'bitmap:ip,mac' ? sourceMac : destinationMac
  return mac === null ? null : mac === field.toLowerCase() ? 0 : -1
}

/** Returns the packet's mark as a set keeps it. */
export function markOf(set: IpSet, { mark }: MatchInput): number {
  const words = (set.options ?? '').split(' ')
  const mask = words.includes('markmask') ? Number(words[words.indexOf('markmask') + 1]) : 0xffffffff
  return (mark & mask) >>> 0
}

/** `tcp:80`, `80` (bitmap:port), `icmp:8/0`, `icmp:echo-request`. */
function portFits(field: string, isSource: boolean, input: MatchInput): number | null {
  const [word, ...rest] = field.split(':')
  const bare = rest.length === 0
  const number = bare ? null : protocolNumber(word ?? '')
  if (bare ? input.protocol !== 6 && input.protocol !== 17 : number !== null && number !== input.protocol) return -1
  const wanted = bare ? (word ?? '') : rest.join(':')
  const { icmp } = input.packet
  if (icmp !== undefined && !bare) {
    const code = icmpCode(input.packet.family, wanted)
    return code === undefined ? null : code === `${icmp.type}/${icmp.code}` ? 0 : -1
  }
  if (!/^\d+$/.test(wanted) || (!bare && number === null)) return null
  return Number(wanted) === Math.max(0, isSource ? input.sourcePort : input.destinationPort) ? 0 : -1
}
