import type { CtState, Match } from '../../host/match.ts'
import { canonicalPrefix } from '../../net/prefix.ts'
import { type Option, oneValue } from './options.ts'
import { readRange } from './values.ts'

/** Reads one option of `-m conntrack`; null when it is not modelled. */
export function readConntrack(option: Option): Match | null {
  const { name, negated } = option
  const value = oneValue(option)
  if (value === null) return null
  switch (name) {
    case 'ctstate':
      return readCtState(option)
    case 'ctstatus':
      return readCtStatus(option)
    case 'ctdir':
      return value === 'ORIGINAL' || value === 'REPLY' ? { kind: 'ct-direction', direction: value, negated } : null
    case 'ctproto':
      return { kind: 'ct-protocol', protocol: value.toLowerCase(), negated }
    case 'ctexpire': {
      const range = readRange(value, ':', 0xffffffff)
      return range === null ? null : { kind: 'ct-expire', range, negated }
    }
    default:
      return readTupleOption(name, value, negated)
  }
}

const TUPLE_FIELDS = {
  origsrc: 'original-source',
  origdst: 'original-destination',
  replsrc: 'reply-source',
  repldst: 'reply-destination',
} as const

/** `--ctorigsrc 10.0.0.0/8`, `--ctorigdstport 80:90` and their siblings. */
function readTupleOption(name: string, value: string, negated: boolean): Match | null {
  const parsed = /^ct((?:orig|repl)(?:src|dst))(port)?$/.exec(name)
  if (parsed === null) return null
  const field = TUPLE_FIELDS[parsed[1] as keyof typeof TUPLE_FIELDS]
  if (parsed[2] === 'port') {
    const range = readRange(value)
    return range === null ? null : { kind: 'ct-port', field, range, negated }
  }
  const prefix = canonicalPrefix(value)
  return prefix === null ? null : { kind: 'ct-address', field, prefix, negated }
}

const STATES: readonly CtState[] = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT']

/** Reads `--ctstate RELATED,ESTABLISHED` and `--state NEW`. */
export function readCtState(option: Option): Match | null {
  const states = (oneValue(option) ?? '').split(',').map((text) => STATES.find((state) => state === text))
  if (!states.every((state): state is CtState => state !== undefined)) return null
  return { kind: 'ct-state', states, negated: option.negated }
}

const STATUSES: ReadonlySet<string> = new Set(['NONE', 'EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'])

function readCtStatus(option: Option): Match | null {
  const statuses = (oneValue(option) ?? '').split(',')
  return statuses.every((status) => STATUSES.has(status))
    ? { kind: 'ct-status', statuses, negated: option.negated }
    : null
}
