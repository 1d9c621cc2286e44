import { canonicalAddress, isLinkLocal } from '../net/address.ts'

/**
 * One end of a flow as the user wrote it. `external` with address null: any machine outside. `link` is the device that a
 * link-local address was written with (`fe80::1%eth0`), where it was.
 */
export type EndSpec =
  | { readonly kind: 'host'; readonly port: number | null }
  | { readonly kind: 'external'; readonly address: string | null; readonly link?: string; readonly port: number | null }
  | { readonly kind: 'address'; readonly address: string; readonly link?: string; readonly port: number | null }
  | { readonly kind: 'name'; readonly name: string; readonly port: number | null }

/** What is wrong with the text of an end. */
export interface BadEnd {
  readonly kind: 'bad'
  readonly message: string
}

/**
 * Returns what an end means: `host`, `external`, `external:IP`, an address (IPv6 in brackets where a port follows, a link-local
 * one with `%DEVICE`) or a name, each with an optional `:port`.
 */
export function parseEnd(text: string): EndSpec | BadEnd {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'bad', message: 'an end of the flow is empty' }
  const whole = readAddress(trimmed)
  if (whole !== null) return { kind: 'address', ...whole, port: null }
  if (trimmed === 'external') return { kind: 'external', address: null, port: null }
  if (trimmed.startsWith('external:')) return parseExternal(trimmed.slice('external:'.length))
  return parsePlain(trimmed)
}

function parseExternal(rest: string): EndSpec | BadEnd {
  const end = parsePlain(rest)
  const whole = readAddress(rest)
  if (whole !== null) return { kind: 'external', ...whole, port: null }
  if (end.kind === 'address') return { ...end, kind: 'external' }
  if (/^\d+$/.test(rest)) {
    const port = parsePort(rest)
    return port === null ? badPort(rest) : { kind: 'external', address: null, port }
  }
  return end.kind === 'bad'
    ? end
    : { kind: 'bad', message: `"external:${rest}" has no address: write external:IP or external:IP:PORT` }
}

function parsePlain(text: string): EndSpec | BadEnd {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text)
  const colon = text.lastIndexOf(':')
  const left = bracketed?.[1] ?? (colon < 0 ? text : text.slice(0, colon))
  const right = bracketed === null ? (colon < 0 ? undefined : text.slice(colon + 1)) : bracketed[2]
  const port = right === undefined ? null : parsePort(right)
  if (right !== undefined && port === null) return badPort(right)
  const address = readAddress(left)
  if (address !== null) return { kind: 'address', ...address, port }
  if (bracketed !== null) return { kind: 'bad', message: `"${left}" is not an IPv6 address` }
  if (left === 'host') return { kind: 'host', port }
  if (!/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(left))
    return { kind: 'bad', message: `"${text}" is neither a name nor an address` }
  return { kind: 'name', name: left, port }
}

/** A device stands only behind an address that needs one: `10.0.0.1%eth0` is no address. */
function readAddress(text: string): { readonly address: string; readonly link?: string } | null {
  const [, plain = text, link] = /^(.*)%([^%/\s]{1,15})$/.exec(text) ?? []
  const address = canonicalAddress(plain)
  if (address === null || link === undefined) return address === null ? null : { address }
  return isLinkLocal(address) ? { address, link } : null
}

function parsePort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return null
  const port = Number(text)
  return port >= 1 && port <= 65535 ? port : null
}

function badPort(text: string): BadEnd {
  return { kind: 'bad', message: `"${text}" is not a port (1 to 65535)` }
}
