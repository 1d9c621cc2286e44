import type { Exchange, Trace } from '../../../../core/trace/trace-report.ts'
import { aside, type CommandCall, pause, readOptions } from './shell-command.ts'
import type { ShellPlace } from './shell-world.ts'

const USAGE = 'Usage: ping [-c COUNT] [-t TTL] [-s SIZE] [-W SEC] [-i SEC] HOST\n'

/** IP and ICMP headers before the data, in bytes. */
const HEADERS = 28

/** What one echo request met. `error` is what sendto() says; then busybox gives up. */
type Ponged =
  | { readonly kind: 'reply'; readonly line: string }
  | { readonly kind: 'silence' | 'error'; readonly line: string; readonly why: string }

/** Prints what busybox's ping prints, without times: one request a second until Ctrl+C, or as many as `-c` says. */
export async function runPing({ args, world, place, print, signal }: CommandCall): Promise<number> {
  const { values, rest, unknown } = readOptions(args, 'q46nA', 'ctsWiwI')
  const [name] = rest
  const numbers = ['c', 't', 's', 'W', 'i'].map((letter) => Number(values.get(letter) ?? 1))
  if (name === undefined || rest.length > 1 || unknown !== null || numbers.some((each) => !(each >= 0))) {
    print(USAGE)
    return 1
  }
  const found = await world.lookUp(place, name)
  const to = found.addresses.find((each) => !each.includes(':')) ?? found.addresses[0]
  if (to === undefined) {
    print(`ping: bad address '${name}'\n`)
    if (found.why !== null) print(aside(found.why))
    return 1
  }
  const size = Number(values.get('s') ?? 56)
  const ttl = values.has('t') ? { ttl: Number(values.get('t')) } : {}
  const most = values.has('c') ? Number(values.get('c')) : Number.POSITIVE_INFINITY
  print(`PING ${name} (${to}): ${size} data bytes\n`)
  let sent = 0
  let received = 0
  let why: string | null = null
  while (sent < most && !signal.aborted) {
    if (sent > 0) await pause(1000, signal)
    const now = signal.aborted ? null : await world.place()
    if (now === null) break
    const tried = world.send(now, { to, protocol: 'icmp', length: size + HEADERS, ...ttl })
    const ponged = tried.ok ? pong(tried.exchange, now, sent, size) : unsendable(tried.message)
    if (ponged.line !== '') print(`${ponged.line}\n`)
    why = ponged.kind === 'reply' ? null : ponged.why
    if (ponged.kind === 'error') {
      print(aside(ponged.why))
      return 1
    }
    sent += 1
    if (ponged.kind === 'reply') received += 1
  }
  print(summary(name, sent, received))
  if (why !== null) print(aside(why))
  return received > 0 ? 0 : 1
}

function summary(name: string, sent: number, received: number): string {
  const loss = sent === 0 ? 0 : Math.floor(((sent - received) * 100) / sent)
  const counts = `${sent} packets transmitted, ${received} packets received, ${loss}% packet loss`
  return `\n--- ${name} ping statistics ---\n${counts}\n`
}

function pong({ forward, reply }: Exchange, { netns }: ShellPlace, sequence: number, size: number): Ponged {
  const why = explain(forward, reply)
  if (forward.disposition === 'cannot-tell') return { kind: 'error', line: 'ping: cannot be told', why }
  const answer = reply?.hops.at(-1)?.packet
  const echoed = answer?.icmp?.type === 0 || answer?.icmp?.type === 129
  if (reply?.disposition === 'delivered' && answer !== undefined && echoed) {
    const line = `${size + 8} bytes from ${answer.src}: seq=${sequence} ttl=${answer.ttl} time=simulated`
    return { kind: 'reply', line }
  }
  const own = forward.hops.every((hop) => hop.netns === netns.name)
  if (own && forward.disposition === 'no-route')
    return { kind: 'error', line: 'ping: sendto: Network is unreachable', why }
  if (own && forward.disposition === 'dropped')
    return { kind: 'error', line: 'ping: sendto: Operation not permitted', why }
  // busybox says nothing of ICMP errors: they do not carry its id.
  return { kind: 'silence', line: '', why }
}

function unsendable(message: string): Ponged {
  return { kind: 'error', line: 'ping: sendto: Invalid argument', why: message }
}

/** Returns why there was no answer: where the question ended, or else where the answer did. */
export function explain(forward: Trace, reply: Trace | null): string {
  const arrived = forward.disposition === 'delivered' || forward.disposition === 'leaves-host'
  return arrived && reply !== null && reply.disposition !== 'delivered' ? reply.reason : forward.reason
}
