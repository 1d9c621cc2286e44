import { isRecord } from '../../core/parse/json-value.ts'

/** Returns the names of devices by their index, of what `ip -j link` printed; none where that cannot be read. */
export function readLinks(text: string): Readonly<Record<string, string>> {
  let links: unknown
  try {
    links = JSON.parse(text)
  } catch {
    return {}
  }
  const named = (Array.isArray(links) ? links : []).filter(isRecord)
  return Object.fromEntries(named.map(({ ifindex, ifname }) => [String(ifindex), String(ifname)]))
}
