import type { Exchange } from '../../../../core/trace/trace-report.ts'
import { explain } from './run-ping.ts'
import { aside, type CommandCall, readOptions } from './shell-command.ts'
import type { ShellPlace } from './shell-world.ts'

/** What becomes of a connection: the words of connect()'s error; `why` is the tracer's sentence. */
type Connected =
  | { readonly kind: 'connected'; readonly outside: boolean }
  | { readonly kind: 'failed'; readonly error: string; readonly why: string }
  | { readonly kind: 'unknown-name'; readonly why: string | null }

/** How a command words what happened. */
interface Words {
  readonly connecting: (host: string, address: string, port: number) => string
  readonly badName: (host: string) => string
  readonly failed: (host: string, address: string, port: number, error: string) => string
  /** Exit statuses of an unknown name, a failure, a time-out. */
  readonly statuses: readonly [number, number, number]
}

const TIMED_OUT = 'Connection timed out'

const WGET: Words = {
  connecting: (host, address, port) => `Connecting to ${host} (${address}:${port})\n`,
  badName: (host) => `wget: bad address '${host}'\n`,
  failed: (_host, address, _port, error) => `wget: can't connect to remote host (${address}): ${error}\n`,
  statuses: [1, 1, 1],
}

const CURL: Words = {
  connecting: () => '',
  badName: (host) => `curl: (6) Could not resolve host: ${host}\n`,
  failed: (host, _address, port, error) =>
    error === TIMED_OUT
      ? `curl: (28) Failed to connect to ${host} port ${port}: ${error}\n`
      : `curl: (7) Failed to connect to ${host} port ${port}: ${error}\n`,
  statuses: [6, 7, 28],
}

const NC: Words = {
  connecting: () => '',
  badName: (host) => `nc: bad address '${host}'\n`,
  failed: (_host, address, _port, error) =>
    error === TIMED_OUT ? 'nc: timed out\n' : `nc: can't connect to remote host (${address}): ${error}\n`,
  statuses: [1, 1, 1],
}

/** Connects as `wget URL` does; what a server would send is not simulated, and that is said. */
export async function runWget(call: CommandCall): Promise<number> {
  const { rest } = readOptions(call.args, 'qScN', 'OTtUPY')
  return fetchUrl(call, 'wget', rest, WGET)
}

/** Connects as `curl URL` does. */
export async function runCurl(call: CommandCall): Promise<number> {
  const { rest } = readOptions(call.args, 'sSvkLIifNg46', 'omHXdAuwT')
  return fetchUrl(call, 'curl', rest, CURL)
}

/** Connects as `nc HOST PORT` does. */
export async function runNc(call: CommandCall): Promise<number> {
  const { rest, flags } = readOptions(call.args, 'zvnulN', 'wips')
  const [host, port] = rest
  if (flags.has('u') || flags.has('l')) {
    call.print(`nc: -${flags.has('u') ? 'u' : 'l'} is not simulated in the sandbox\n`)
    return 1
  }
  if (host === undefined || !isPort(Number(port)) || rest.length > 2) {
    call.print('Usage: nc [-w SEC] HOST PORT\n')
    return 1
  }
  return connect(call, host, Number(port), NC)
}

async function fetchUrl(call: CommandCall, name: string, rest: readonly string[], words: Words): Promise<number> {
  const [text] = rest.filter((word) => !word.startsWith('--'))
  const match = /^(?:(https?):\/\/)?(?:\[([0-9a-f:.]+)\]|([^/:[\]]+))(?::(\d+))?(?:\/.*)?$/i.exec(text ?? '')
  const host = match?.[2] ?? match?.[3]
  const port = Number(match?.[4] ?? (match?.[1]?.toLowerCase() === 'https' ? 443 : 80))
  if (host === undefined || !isPort(port)) {
    call.print(`Usage: ${name} [http://]HOST[:PORT][/PATH]\n`)
    return 1
  }
  return connect(call, host, port, words)
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536
}

async function connect(call: CommandCall, host: string, port: number, words: Words): Promise<number> {
  const { world, place, print } = call
  const found = await world.lookUp(place, host)
  const address = found.addresses.find((each) => !each.includes(':')) ?? found.addresses[0]
  if (address === undefined) {
    print(words.badName(host))
    if (found.why !== null) print(aside(found.why))
    return words.statuses[0]
  }
  print(words.connecting(host, address, port))
  const sent = world.send(place, { to: address, protocol: 'tcp', destinationPort: port })
  const end: Connected = sent.ok ? readConnection(sent.exchange, place) : failure('Invalid argument', sent.message)
  switch (end.kind) {
    case 'connected': {
      const who = end.outside ? 'if the machine outside listens; ' : ''
      print(aside(`connected to ${address} port ${port}, ${who}what a server would send is not simulated`))
      return 0
    }
    case 'failed':
      print(words.failed(host, address, port, end.error))
      print(aside(end.why))
      return words.statuses[end.error === TIMED_OUT ? 2 : 1]
    case 'unknown-name':
      return words.statuses[0]
    default:
      return end satisfies never
  }
}

function failure(error: string, why: string): Connected {
  return { kind: 'failed', error, why }
}

/** What connect() gives for an ICMP error (Linux: net/ipv4/icmp.c, icmp_err_convert); others leave it to time out. */
const ICMP_ERRORS: Readonly<Record<number, string>> = {
  0: 'Network is unreachable',
  1: 'No route to host',
  2: 'Protocol not available',
  3: 'Connection refused',
  6: 'Network is unreachable',
  7: 'No route to host',
  9: 'Network is unreachable',
  10: 'No route to host',
  11: 'Network is unreachable',
  12: 'No route to host',
  13: 'No route to host',
}

function readConnection({ forward, reply }: Exchange, { netns }: ShellPlace): Connected {
  const why = explain(forward, reply)
  const outside = forward.disposition === 'leaves-host'
  if (forward.disposition === 'cannot-tell') return failure('cannot be told', why)
  if (forward.hops.every((hop) => hop.netns === netns.name)) {
    if (forward.disposition === 'no-route') return failure('Network is unreachable', why)
    if (forward.disposition === 'neighbor-unreachable') return failure('No route to host', why)
  }
  const answer = reply?.disposition === 'delivered' ? reply.hops.at(-1)?.packet : undefined
  if (answer === undefined) return failure(TIMED_OUT, why)
  if (answer.tcpFlags?.includes('rst') === true) return failure('Connection refused', why)
  if (answer.icmp?.type === 3) return failure(ICMP_ERRORS[answer.icmp.code] ?? TIMED_OUT, why)
  if (answer.protocol !== 'tcp') return failure(TIMED_OUT, why)
  return { kind: 'connected', outside }
}
