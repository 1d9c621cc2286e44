import { partShapes } from '../host/namespace-shapes.ts'
import { findMisfit } from './find-misfit.ts'
import type { Socket, SocketProcess } from '../host/socket.ts'
import type { Parsed, ParseProblem } from './problem.ts'

/**
 * Parses `ss -HOnltup`: one socket a line. `cmdlines` gives the command line of a process by its number, for
 * docker-proxy's target. ss writes `*` for a `::` socket that takes IPv4 peers as well, and `[::]` for one that does not
 * (misc/ss.c, inet_addr_print).
 */
export function parseSockets(
  text: string,
  cmdlines: ReadonlyMap<number, readonly string[]>,
): Parsed<readonly Socket[]> {
  const sockets: Socket[] = []
  const problems: ParseProblem[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const socket = toSocket(line, cmdlines)
    if (socket === null || findMisfit(socket, partShapes.socket) !== null)
      problems.push({ message: `not a socket: ${line}`, line: index + 1 })
    else sockets.push(socket)
  })
  return { value: sockets, problems }
}

const localEnd = /^(.*?)(?:%([^\]:]+))?:(\d+)$/

function toSocket(line: string, cmdlines: ReadonlyMap<number, readonly string[]>): Socket | null {
  const [protocol, , , , local, , ...rest] = line.trim().split(/\s+/)
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return null
  const match = localEnd.exec(local ?? '')
  if (match === null) return null
  const [, host = '', device, port] = match
  const bare = host.replace(/^\[|\]$/g, '')
  const family = bare === '*' || bare.includes(':') ? 6 : 4
  const process = processOf(rest.join(' '))
  return {
    protocol,
    family,
    address: bare === '*' ? '::' : bare,
    port: Number(port),
    device: device ?? null,
    ipv6Only: bare === '::',
    process,
    proxyTo: process?.name === 'docker-proxy' ? proxyTarget(cmdlines.get(process.pid) ?? []) : null,
  }
}

function processOf(users: string): SocketProcess | null {
  const match = /users:\(\("(.*?)",pid=(\d+)/.exec(users)
  return match === null ? null : { name: match[1] ?? '', pid: Number(match[2]) }
}

/** `docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.4 -container-port 80`. */
function proxyTarget(argv: readonly string[]): Socket['proxyTo'] {
  const after = (option: string): string | undefined => argv[argv.indexOf(option) + 1]
  if (!argv.includes('-container-ip') || !argv.includes('-container-port')) return null
  return { address: after('-container-ip') ?? '', port: Number(after('-container-port')) }
}
