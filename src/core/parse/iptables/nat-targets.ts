import type { PortRange } from '../../host/match.ts'
import type { Target } from '../../host/target.ts'
import { canonicalAddress } from '../../net/address.ts'
import { type Option, oneValue } from './options.ts'
import { readDecimal, readRange } from './values.ts'

interface Flags {
  readonly random: boolean
  readonly persistent: boolean
}

/** Reads DNAT and SNAT: `--to-destination 10.0.0.1-10.0.0.5:8080-8090 --random --persistent`. */
export function readNat(kind: 'dnat' | 'snat', option: string, options: readonly Option[]): Target | null {
  const [to, ...rest] = options
  if (to === undefined || to.name !== option) return null
  const flags = readFlags(rest)
  const range = readNatRange(oneValue(to) ?? '')
  return flags === null || range === null ? null : { kind, ...range, ...flags }
}

/** Reads MASQUERADE and REDIRECT: `--to-ports 1024-2048 --random`. */
export function readPortsOnly(kind: 'masquerade' | 'redirect', options: readonly Option[]): Target | null {
  const to = options.find((option) => option.name === 'to-ports')
  const flags = readFlags(options.filter((option) => option !== to))
  const ports = to === undefined ? null : readRange(oneValue(to) ?? 'none', '-')
  if (flags === null || flags.persistent || (to !== undefined && ports === null)) return null
  return { kind, ports, random: flags.random }
}

function readFlags(options: readonly Option[]): Flags | null {
  const names = options.map((option) => option.name)
  if (options.some((option) => option.values.length > 0)) return null
  if (!names.every((name) => name === 'random' || name === 'random-fully' || name === 'persistent')) return null
  return { random: names.some((name) => name !== 'persistent'), persistent: names.includes('persistent') }
}

interface NatRange {
  readonly addresses: { readonly from: string; readonly to: string } | null
  readonly ports: PortRange | null
  readonly basePort?: number
}

/** `A`, `A-B`, `A:P`, `A-B:P-Q`, `:P`, `[v6]:P`, and with a base from which on ports are counted `:P-Q/BASE`. */
function readNatRange(text: string): NatRange | null {
  const { addresses, ports } = splitPorts(text)
  const [width = '', baseText, more] = (ports ?? '').split('/')
  const range = ports === null ? null : readRange(width, '-')
  const base = baseText === undefined ? undefined : readDecimal(baseText)
  if ((ports !== null && range === null) || base === null || more !== undefined) return null
  const shifted = base === undefined ? {} : { basePort: base }
  if (addresses === '') return range === null ? null : { addresses: null, ports: range, ...shifted }
  const [from = '', to = from, extra] = addresses.split('-').map((part) => canonicalAddress(stripBrackets(part)))
  if (from === null || to === null || extra !== undefined) return null
  return { addresses: { from, to }, ports: range, ...shifted }
}

/** An IPv6 address with a port stands in brackets; without, all its colons are its own. */
function splitPorts(text: string): { addresses: string; ports: string | null } {
  const bracket = text.lastIndexOf(']')
  if (bracket < 0 && text.split(':').length > 2) return { addresses: text, ports: null }
  const colon = text.indexOf(':', bracket + 1)
  return colon < 0
    ? { addresses: text, ports: null }
    : { addresses: text.slice(0, colon), ports: text.slice(colon + 1) }
}

function stripBrackets(text: string): string {
  return text.replace(/^\[/, '').replace(/\]$/, '')
}
