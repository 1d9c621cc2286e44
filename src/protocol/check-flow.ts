import type { Flow } from '../core/trace/flow.ts'
import { badParams, type Checked, checkInteger, checkKeys, checkRecord, checkText } from './check-value.ts'

const PROTOCOLS = ['icmp', 'tcp', 'udp'] as const

/** Longest endpoint: a DNS name has 253 characters, with its port a few more. */
const LONGEST_ENDPOINT = 300

/** Optional numbers of a flow with their closed ranges. A source port of 0 is what the kernel never chooses, but may be sent. */
const NUMBERS = {
  sourcePort: [0, 65535],
  destinationPort: [0, 65535],
  ttl: [1, 255],
  length: [20, 65535],
} as const satisfies { readonly [K in keyof Flow]?: readonly [number, number] }

const KEYS = ['from', 'to', 'protocol', 'dontFragment', ...Object.keys(NUMBERS)]

/**
 * Returns the flow that an unknown value holds, or a `bad-params` failure whose `at` is the path of the first member that
 * is wrong, below the given path (`flow.to`). Members that a flow does not have are refused: a misspelt `port` must not
 * give the trace of another packet.
 */
export function checkFlow(input: unknown, at: string): Checked<Flow> {
  const record = checkRecord(input, at)
  if (!record.ok) return record
  const value = record.value
  const keys = checkKeys(value, KEYS, at)
  if (!keys.ok) return keys
  const from = checkText(value.from, `${at}.from`, LONGEST_ENDPOINT)
  if (!from.ok) return from
  const to = checkText(value.to, `${at}.to`, LONGEST_ENDPOINT)
  if (!to.ok) return to
  const protocol = PROTOCOLS.find((known) => known === value.protocol)
  if (protocol === undefined) return badParams(`${at}.protocol`, `must be one of ${PROTOCOLS.join(', ')}`)
  const options = checkOptions(value, at)
  if (!options.ok) return options
  return { ok: true, value: { from: from.value, to: to.value, protocol, ...options.value } }
}

type Options = Pick<Flow, keyof typeof NUMBERS | 'dontFragment'>

function checkOptions(value: Readonly<Record<string, unknown>>, at: string): Checked<Options> {
  const options: { -readonly [K in keyof Options]: Options[K] } = {}
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    if (value[name] === undefined) continue
    const [lowest, highest] = NUMBERS[name]
    const number = checkInteger(value[name], `${at}.${name}`, lowest, highest)
    if (!number.ok) return number
    options[name] = number.value
  }
  if (value.dontFragment !== undefined) {
    if (typeof value.dontFragment !== 'boolean') return badParams(`${at}.dontFragment`, 'must be true or false')
    options.dontFragment = value.dontFragment
  }
  return { ok: true, value: options }
}
