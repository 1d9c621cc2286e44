import { canonicalAddress } from '../../net/address.ts'
import type { Generation, SceneNetwork } from '../scene/scene.ts'
import { OPTION } from './option-names.ts'

/** What is wrong with the value of one option, in Docker's own words. */
export interface OptionProblem {
  readonly key: string
  readonly message: string
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True']
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False']

const MODES = ['nat', 'nat-unprotected', 'routed', 'isolated']

/** The names that 20.10 knows; it passes over the others without a word. */
const OLD: readonly string[] = [
  OPTION.name,
  OPTION.icc,
  OPTION.masquerade,
  OPTION.bindTo,
  OPTION.inhibit4,
  OPTION.prefix,
  OPTION.mtu,
  OPTION.leaveAs4,
]

/** Returns an option of yes and no as dockerd reads it (Go's strconv.ParseBool); null for what is neither. */
export function readFlag(text: string): boolean | null {
  return TRUE.includes(text) ? true : FALSE.includes(text) ? false : null
}

/** Tells whether a bridge network's option is known to an engine. */
export function isKnownOption(generation: Generation, key: string): boolean {
  return generation === 20 ? OLD.includes(key) : Object.values<string>(OPTION).includes(key) || MORE.includes(key)
}

/** Known, and of no bearing here: whether there are IPv4 and IPv6. */
const MORE = [
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
  'com.docker.network.bridge.default_bridge',
]

/**
 * Returns what a bridge network's options are refused for, or null (moby:libnetwork/drivers/bridge fromLabels, Validate).
 * A bridge's name is the kernel's to refuse.
 */
export function findOptionProblem(
  generation: Generation,
  { driver, options = {} }: SceneNetwork,
): OptionProblem | null {
  if (driver !== undefined && driver !== 'bridge') return null
  for (const [key, value] of Object.entries(options)) {
    const why = isKnownOption(generation, key) ? findValueProblem(key, value) : null
    if (why !== null) return { key, message: `failed to parse ${key} value: ${value} (${why})` }
    if (key === OPTION.mtu && Number(value) < 0) return { key, message: `invalid MTU number: ${Number(value)}` }
    if (key === OPTION.name && value.length > 15) return { key, message: tooLong(generation) }
  }
  return null
}

/** The kernel's words, of an engine that asked for the bridge before it made it, or made it. */
function tooLong(generation: Generation): string {
  const words = 'numerical result out of range'
  return generation === 20 ? `failed to check bridge interface existence: ${words}` : words
}

function findValueProblem(key: string, value: string): string | null {
  const quoted = JSON.stringify(value)
  switch (key) {
    case OPTION.icc:
    case OPTION.masquerade:
    case OPTION.inhibit4:
      return readFlag(value) === null ? `strconv.ParseBool: parsing ${quoted}: invalid syntax` : null
    case OPTION.mtu:
      return /^[+-]?\d+$/.test(value) ? null : `strconv.Atoi: parsing ${quoted}: invalid syntax`
    case OPTION.mode4:
    case OPTION.mode6:
      return MODES.includes(value) ? null : `unknown gateway mode ${value}`
    case OPTION.bindTo:
    case OPTION.leaveAs4:
    case OPTION.leaveAs6:
      return canonicalAddress(value) === null ? 'nil ip' : null
    default:
      return null
  }
}
