/**
 * Sends probes from a namespace and tells what their sender saw. The work is done by probe.py, with raw sockets.
 */
import { fileURLToPath } from 'node:url'
import { PATIENCE_MS, run } from './run-command.ts'

interface Common {
  readonly to: string
  /** Source address; by default the kernel's choice. */
  readonly from?: string
  readonly ttl?: number
  /** How long to wait for an answer; 900 ms by default. A neighbour that does not answer ARP is given up after 3 s. */
  readonly timeoutMs?: number
}

interface Sized {
  /** Bytes of payload after the ICMP or UDP header. */
  readonly size?: number
  /** Don't fragment; true by default, as Linux does. */
  readonly df?: boolean
  /** The first bytes of the payload, hexadecimal: what the packet is known again by. */
  readonly cookie?: string
}

export interface IcmpProbe extends Common, Sized {
  readonly kind: 'icmp'
  readonly id?: number
  readonly seq?: number
}

export interface UdpProbe extends Common, Sized {
  readonly kind: 'udp'
  readonly port: number
  readonly sourcePort?: number
}

/** A lone SYN: no retransmission, and an answer to it is reset by the sender's kernel. */
export interface TcpSynProbe extends Common {
  readonly kind: 'tcp-syn'
  readonly port: number
  readonly sourcePort?: number
  readonly sequence?: number
  readonly df?: boolean
}

/** A whole connection, with a request over it. */
export interface TcpConnectProbe extends Common {
  readonly kind: 'tcp-connect'
  readonly port: number
  readonly sourcePort?: number
  /** What to send once connected; an HTTP request by default. */
  readonly data?: string
}

export type ProbeSpec = IcmpProbe | UdpProbe | TcpSynProbe | TcpConnectProbe

export interface ProbeResult {
  /**
   * - `reply`: an answer came (echo reply, datagram, SYN-ACK, or data over the connection)
   * - `refused`: a reset to the SYN, or ICMP port or protocol unreachable
   * - `unreachable`: any other ICMP error; `icmp` tells which and from whom
   * - `connected`, `reset-after-connect`, `closed-after-connect`: the connection was made, and then no data came
   * - `silence`: nothing within the time limit
   * - `send-error`: the kernel did not send it; `error` is the errno
   */
  readonly outcome:
    | 'reply'
    | 'refused'
    | 'unreachable'
    | 'connected'
    | 'reset-after-connect'
    | 'closed-after-connect'
    | 'silence'
    | 'send-error'
  readonly from?: string
  readonly fromPort?: number
  /** TTL of the answer. */
  readonly ttl?: number
  /** Bytes of payload in the answer. */
  readonly size?: number
  readonly sourcePort?: number
  readonly icmp?: { readonly type: number; readonly code: number; readonly from: string; readonly mtu?: number }
  readonly error?: string
  readonly tookMs: number
}

const script = fileURLToPath(new URL('probe.py', import.meta.url))

/**
 * Sends one probe from the namespace at that path.
 */
export async function sendProbe(netns: string, spec: ProbeSpec): Promise<ProbeResult> {
  const [result] = await sendProbes(netns, [spec])
  if (result === undefined) throw new Error('probe.py gave no result')
  return result
}

/**
 * Sends probes one after the other, each after the end of the one before, from one process.
 */
export async function sendProbes(netns: string, specs: readonly ProbeSpec[]): Promise<ProbeResult[]> {
  const limit = specs.reduce((sum, spec) => sum + 2 * (spec.timeoutMs ?? 900), PATIENCE_MS)
  const stdin = specs.map((spec) => `${JSON.stringify(spec)}\n`).join('')
  const output = await run(['nsenter', `--net=${netns}`, 'python3', script], { stdin, timeoutMs: limit })
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ProbeResult)
}
