import type { Failure } from '../../../protocol/contract.ts'
import type { Form } from '../../store/store.ts'
import type { EndpointOption } from './list-endpoints.ts'

export type FieldName = 'from' | 'to' | 'port' | 'form'

/** One sentence a field, each saying what to do. */
export type FieldErrors = Partial<Readonly<Record<FieldName, string>>>

/**
 * Returns an error for each field that keeps the form from being a question; none for a form that can be traced.
 * Whether a DNS name exists is for the backend to say; a source has to be known, since a packet cannot start where
 * nothing was read. Null for `sources` while the host is being read: the backend will say, then.
 */
export function checkForm(form: Form, sources: readonly EndpointOption[] | null): FieldErrors {
  const to = form.to.trim()
  const target = splitPort(to)
  const from = checkFrom(form.from.trim(), sources)
  const toError = checkTo(to, target.port, form.protocol)
  const port = form.protocol === 'icmp' ? null : checkPort(form, target.port)
  return {
    ...(from === null ? {} : { from }),
    ...(toError === null ? {} : { to: toError }),
    ...(port === null ? {} : { port }),
  }
}

/** Returns the endpoint and the port of `web:80` or `[2001:db8::1]:80`; the port is null where there is none. */
export function splitPort(text: string): { readonly endpoint: string; readonly port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  if (bracketed !== null) {
    return { endpoint: bracketed[1] ?? text, port: bracketed[2] === undefined ? null : Number(bracketed[2]) }
  }
  if (text.startsWith('external:')) {
    const rest = splitPort(text.slice('external:'.length))
    if (/^\d+$/.test(rest.endpoint)) return { endpoint: 'external', port: Number(rest.endpoint) }
    return { endpoint: `external:${rest.endpoint}`, port: rest.port }
  }
  const plain = /^([^:]+):(\d+)$/.exec(text)
  if (plain === null) return { endpoint: text, port: null }
  return { endpoint: plain[1] ?? text, port: Number(plain[2]) }
}

/** Returns the field that a failed trace belongs to, so that its message stands where it can be mended. */
export function placeFailure(failure: Failure, form: Form): FieldErrors {
  const message =
    failure.hint === undefined ? sentence(failure.message) : `${sentence(failure.message)} ${sentence(failure.hint)}`
  return { [fieldOf(failure, form)]: message }
}

/** Returns a message as a sentence: failures are written for one line of a terminal. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`
}

function fieldOf(failure: Failure, form: Form): FieldName {
  const at = failure.at ?? ''
  if (/port/i.test(at)) return 'port'
  if (/\bfrom\b/.test(at)) return 'from'
  if (/\bto\b/.test(at)) return 'to'
  if (failure.code === 'unknown-name') return 'to'
  if (failure.code !== 'unknown-endpoint' && failure.code !== 'bad-flow') return 'form'
  const names = (value: string) => new RegExp(`(^|[^\\w.-])${escapeText(value)}($|[^\\w-])`)
  if (names(form.to).test(failure.message)) return 'to'
  return names(form.from).test(failure.message) ? 'from' : 'form'
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function checkFrom(from: string, sources: readonly EndpointOption[] | null): string | null {
  if (from === '') return 'Choose where the packet starts: a container, host or external.'
  if (sources === null || isAddress(from) || /^external(:|$)/.test(from)) return null
  const name = splitPort(from).endpoint
  if (sources.some((option) => option.value === name)) return null
  return `Nothing here is called “${from}”. Choose a running container, host or external from the list.`
}

function checkTo(to: string, port: number | null, protocol: Form['protocol']): string | null {
  if (to === '') return 'Say where the packet goes: a container, a name, an address, host or external.'
  if (/\s/.test(to)) return 'Names and addresses have no spaces in them. Write one target.'
  if (/^[a-z]+:\/\//i.test(to)) return 'Write only the name, without http:// and path; the port has its own field.'
  if (port !== null && protocol === 'icmp') return `ICMP has no ports. Choose TCP or UDP, or remove “:${port}”.`
  return null
}

function checkPort(form: Form, portOfTarget: number | null): string | null {
  const text = form.port.trim()
  if (text === '' && portOfTarget === null)
    return `${form.protocol.toUpperCase()} needs a port: a number from 1 to 65535.`
  const port = text === '' ? portOfTarget : readPort(text)
  if (port === null || port < 1 || port > 65535) return 'A port is a whole number from 1 to 65535.'
  return portOfTarget === null || portOfTarget === port
    ? null
    : `The target says port ${portOfTarget}. Keep one of the two.`
}

function readPort(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) : null
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || (text.includes(':') && /^[0-9a-f:.]+$/i.test(text))
}
