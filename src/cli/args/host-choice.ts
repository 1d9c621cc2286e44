import { parseDockerHost } from '../../backend/docker/endpoint.ts'
import type { HostChoice } from '../../backend/open-app-backend.ts'
import type { ParsedOptions } from './parse-options.ts'
import { parsed, refused, type Parsed } from './parsed.ts'

/** The host that the options choose. Two of them contradict each other and are refused. */
export function chooseHost(options: ParsedOptions): Parsed<HostChoice> {
  const given = ['docker-host', 'context', 'snapshot', 'sandbox'].filter((name) => name in options.values)
  if (given.length > 1) return refused(`--${given[0]} and --${given[1]} both choose the host; give one of them`)
  const [name] = given
  if (name === undefined) return parsed({ kind: 'default' })
  const value = options.values[name] ?? ''
  if (value === '') return refused(`--${name} is empty`)
  if (name === 'docker-host') return chooseUrl(value)
  if (name === 'context') return parsed({ kind: 'context', name: value })
  return parsed(name === 'sandbox' ? { kind: 'sandbox', scene: value } : { kind: 'snapshot', file: value })
}

function chooseUrl(url: string): Parsed<HostChoice> {
  const endpoint = parseDockerHost(url)
  if (endpoint.ok) return parsed({ kind: 'docker-host', url })
  return refused(`--docker-host: ${endpoint.failure.message}; ${endpoint.failure.hint ?? ''}`)
}
