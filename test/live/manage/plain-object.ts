import { isRecord } from '../../../src/core/parse/json-value.ts'

/** An object of Docker's as `docker inspect` tells it, by its keys. */
export type Plain = Readonly<Record<string, unknown>>

/** What is drawn anew each time, or is a time. */
const DRAWN = new Set([
  'Id',
  'Created',
  'Pid',
  'StartedAt',
  'FinishedAt',
  'ResolvConfPath',
  'HostnamePath',
  'HostsPath',
  'LogPath',
  'SandboxID',
  'SandboxKey',
  'NetworkID',
  'EndpointID',
  'GraphDriver',
  'MacAddress',
])

/** Returns an inspected object without what is drawn anew each time; ids within other texts are `<id>`. */
export function plainObject(inspected: unknown): Plain | null {
  if (!isRecord(inspected)) return null
  const id = String(inspected['Id'])
  const text = JSON.stringify(inspected, (key, value: unknown) => (DRAWN.has(key) ? undefined : value))
  return JSON.parse(text.replaceAll(id, '<id>').replaceAll(id.slice(0, 12), '<id>')) as Plain
}

/**
 * Returns it without what tells by whom it was made: the size of the terminal that the command was typed into, whether an
 * option that was not given is null or empty, which free port was taken, and the order of the variables of an environment,
 * which 28.5's client draws anew each time (it gathers them in a map).
 */
export function asDriven(object: Plain | null): unknown {
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === 'ConsoleSize' || isNothing(value)) return undefined
    if (key === 'Env' && Array.isArray(value)) return value.map(String).toSorted()
    return key === 'HostPort' && Number(value) >= 32768 ? 'any' : value
  })
  return JSON.parse(text)
}

/** Returns it without what is null or empty: what was not given comes back as the one or the other. */
export function withoutNothing(object: Plain | null): unknown {
  return JSON.parse(JSON.stringify(object, (_key, value: unknown) => (isNothing(value) ? undefined : value)))
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
