import { type JsonRecord, recordOf, textOf } from '../../../core/parse/json-value.ts'

/** Returns the name of a container as `GET /containers/json` lists it; names through links have a slash more. */
export function listedName(container: JsonRecord): string {
  const names = container['Names']
  const list = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  return (list.find((name) => name.lastIndexOf('/') === 0) ?? list[0] ?? '').replace(/^\//, '')
}

/** Tells whether a listed container has an endpoint in a network, running or not. */
export function isIn(container: JsonRecord, network: string): boolean {
  return network in recordOf(recordOf(container, 'NetworkSettings'), 'Networks')
}

/** Tells whether a listed container runs; a paused one does. */
export function isUp(container: JsonRecord): boolean {
  return ['running', 'paused', 'restarting'].includes(textOf(container, 'State') ?? '')
}
