import type { Flow } from '../../core/trace/flow.ts'
import type { Outcome } from '../../protocol/contract.ts'
import type { Form } from './store.ts'

/**
 * Returns the flow that a form asks for. An end left empty, a port that is not 1..65535 or that is missing where the
 * protocol needs one is a `bad-flow` whose `at` is the field. A port may also stand in `to` (`web:80`). A source port (for
 * ICMP the echo id) is one that a watched flow has; the form itself has no field for it.
 */
export function readFlow(form: Form, sourcePort: number | null = null): Outcome<Flow> {
  const read = readFields(form)
  return read.ok && sourcePort !== null ? { ok: true, value: { ...read.value, sourcePort } } : read
}

function readFields(form: Form): Outcome<Flow> {
  const from = form.from.trim()
  const to = form.to.trim()
  if (from === '') return bad('from', 'the start of the trace is missing', 'name a container, host or external')
  if (to === '') return bad('to', 'the target of the trace is missing', 'name a container, an address or a DNS name')
  if (form.protocol === 'icmp') return { ok: true, value: { from, to, protocol: 'icmp' } }
  const text = form.port.trim()
  if (text === '') {
    if (hasPort(to)) return { ok: true, value: { from, to, protocol: form.protocol } }
    return bad('port', `${form.protocol.toUpperCase()} needs a port`, 'give one from 1 to 65535')
  }
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) return bad('port', `"${text}" is not a port`, '1 to 65535')
  return { ok: true, value: { from, to, protocol: form.protocol, destinationPort: port } }
}

/** `name:80`, `1.2.3.4:80` or `[2001:db8::1]:80`; a bare IPv6 address ends in digits, too. */
function hasPort(to: string): boolean {
  return /^[^:]+:\d+$/.test(to) || /^\[[^\]]+\]:\d+$/.test(to)
}

function bad(at: string, message: string, hint: string): Outcome<never> {
  return { ok: false, failure: { code: 'bad-flow', message, hint, at } }
}
