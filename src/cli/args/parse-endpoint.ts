import { isIP } from 'node:net'
import { parseWhole } from './parse-number.ts'
import { parsed, refused, type Parsed } from './parsed.ts'

/** One end of a flow as it was written: its name or address, and its port where one was given. */
export interface WrittenEnd {
  readonly name: string
  readonly port: number | null
}

/**
 * Splits `db:5432`, `10.0.0.1:80`, `[fd00::1]:80`, `external:198.51.100.7:80` into name and port. A bare IPv6 address
 * has no port: its last group would be taken for one. `which` is FROM or TO, for the refusal.
 */
export function parseEnd(which: string, text: string): Parsed<WrittenEnd> {
  if (text === '') return refused(`${which} is empty; give a container, host, external, an IP address or a DNS name`)
  if (text.startsWith('external:')) return parseExternal(which, text)
  return split(which, text, text)
}

function parseExternal(which: string, text: string): Parsed<WrittenEnd> {
  const rest = text.slice('external:'.length)
  if (/^\d*$/.test(rest)) return withPort(which, text, 'external', rest)
  const end = split(which, text, rest)
  if (!end.ok) return end
  if (isIP(end.value.name) === 0) {
    return refused(`${which}: "${text}" must be external:IP or external:PORT, and "${rest}" is neither`)
  }
  return parsed({ name: `external:${end.value.name}`, port: end.value.port })
}

function split(which: string, whole: string, text: string): Parsed<WrittenEnd> {
  if (isIP(text) === 6) return parsed({ name: text, port: null })
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) {
    const address = bracketed[1] ?? ''
    if (isIP(address) !== 6) return refused(`${which}: "${address}" in "${whole}" is not an IPv6 address`)
    return bracketed[2] === undefined
      ? parsed({ name: address, port: null })
      : withPort(which, whole, address, bracketed[2])
  }
  const colon = text.lastIndexOf(':')
  if (colon === -1) return named(which, whole, text, null)
  return withPort(which, whole, text.slice(0, colon), text.slice(colon + 1))
}

function withPort(which: string, whole: string, name: string, port: string): Parsed<WrittenEnd> {
  const number = parseWhole(`port in ${which} "${whole}"`, port, 1, 65535)
  return number.ok ? named(which, whole, name, number.value) : number
}

/** A name holds no space, slash or colon: `web:x:80` and a URL are refused here rather than looked up. */
function named(which: string, whole: string, name: string, port: number | null): Parsed<WrittenEnd> {
  if (name !== '' && !/[\s\p{Cc}/:[\]]/u.test(name)) return parsed({ name, port })
  if (isIP(name) === 6) return parsed({ name, port })
  return refused(`${which}: "${whole}" is not a container, host, external, an IP address or a DNS name`)
}
