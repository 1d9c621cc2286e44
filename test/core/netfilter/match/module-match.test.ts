import { describe, expect, it } from 'vitest'
import type { Socket } from '../../../../src/core/host/socket.ts'
import type { HookCall } from '../../../../src/core/netfilter/hook.ts'
import type { Packet } from '../../../../src/core/net/packet.ts'
import { answerTo, errorAbout, ping, scene, table, tcp, udp } from '../netfilter-scene.ts'

const BARE = { ...tcp('10.0.0.1 40000', '10.0.0.2 80'), length: 40 }
const SYN = { ...BARE, length: 60 }
const SYN_ACK = answerTo(SYN)
const RST = tcp('10.0.0.1 40000', '10.0.0.2 80', ['rst', 'ack'])
const DATAGRAM = udp('10.0.0.1 40000', '10.0.0.2 53')
const ECHO = ping('10.0.0.1', '10.0.0.2')
const HERE = tcp('203.0.113.9 5000', '198.51.100.1 80')

type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'
type Row = readonly [Hook, string, Packet, boolean | string]

/** Each row: where, conditions as iptables-save writes them, a packet, whether they hold; a text is why that cannot be told. */
const ROWS: readonly Row[] = [
  ['forward', '-m limit --limit 3/min', SYN, 'depends on what has passed'],
  ['forward', '-m time --timestart 08:00:00', SYN, 'time of day'],
  ['forward', '-m statistic --mode random --probability 0.50000000000', SYN, 'chance'],
  ['forward', '-m statistic --mode random --probability 1.00000000000', SYN, true],
  ['forward', '-m statistic --mode random ! --probability 1.00000000000', SYN, false],
  ['forward', '-m statistic --mode random --probability 0.00000000000', SYN, false],
  ['forward', '-m statistic --mode nth --every 1 --packet 0', SYN, true],
  ['forward', '-m statistic --mode nth --every 2 --packet 0', SYN, 'chance'],
  ['forward', '-m tos --tos 0x10/0x3f', { ...SYN, tos: 0xd0 }, true],
  ['forward', '-m tos ! --tos 0x00/0xff', SYN, false],
  ['forward', '-m dscp --dscp 0x2e', { ...SYN, tos: 0xb9 }, true],
  ['forward', '-p tcp -m tcpmss --mss 1:1400', BARE, false],
  ['forward', '-p tcp -m tcpmss ! --mss 1:1400', BARE, true],
  ['forward', '-p tcp -m tcpmss --mss 1:1400', SYN, 'segment size'],
  ['forward', '-p tcp -m tcp --tcp-option 5', BARE, false],
  ['forward', '-p tcp -m tcp ! --tcp-option 5', BARE, true],
  ['forward', '-p tcp -m tcp --tcp-option 5', SYN, 'options'],
  // string: a header that is known whole, payload that is not.
  ['forward', '-m string --string "GET / HTTP/1.1" --algo bm', BARE, false],
  ['forward', '-m string ! --string "GET / HTTP/1.1" --algo kmp', BARE, true],
  ['forward', '-m string --string "GET" --algo bm', SYN, 'not known'],
  ['forward', '-m string --string "GET" --algo bm --to 20', SYN, false],
  ['forward', '-m string --hex-string "|0a0000010a000002|" --algo bm', SYN, true],
  ['forward', '-m string --hex-string "|0a0000010a000002|" --algo bm --from 13 --to 20', BARE, false],
  ['forward', '-m string --hex-string "|9c 40 00 50|" --algo bm --from 20 --to 24', SYN, true],
  // Kernels before 6.6 find what only begins before the end.
  ['forward', '-m string --hex-string "|9c 40 00 50|" --algo bm --from 20 --to 21', SYN, 'not known'],
  ['forward', `-m string --string "${'x'.repeat(100)}" --algo bm`, SYN, false],
  // u32: protocol, ports behind a header of any length, and what is not known.
  ['forward', '-m u32 --u32 "0x6&0xff=0x6"', SYN, true],
  ['forward', '-m u32 --u32 "0x6&0xff=0x1,0x11"', SYN, false],
  ['forward', '-m u32 ! --u32 "0x6&0xff=0x11"', SYN, true],
  ['forward', '-m u32 --u32 "0x0>>0x16&0x3c@0x0&0xffff=0x50"', SYN, true],
  ['forward', '-m u32 --u32 "0x0>>0x16&0x3c@0x0>>0x10=0x9c40:0x9c50&&0x6&0xff=0x6"', SYN, true],
  ['forward', '-m u32 --u32 "0x0>>0x16&0x3c@0x4=0x1"', SYN, 'not known'],
  ['forward', '-m u32 --u32 "0x0>>0x16&0x3c@0x4=0x1&&0x6&0xff=0x11"', SYN, false],
  ['forward', '-m u32 --u32 "0x4=0x1"', SYN, false],
  ['forward', '-m u32 --u32 "0x100=0x0"', SYN, false],
  ['forward', '-m u32 --u32 "0x0>>0x16&0x3c@0xc>>0x1c=0x5"', BARE, true],
  ['forward', '-m u32 --u32 "0x0>>0x16&0x3c@0xc>>0x1c=0x5"', SYN, 'not known'],
  // bpf: `ip proto 6`, as nfbpf_compile writes it; a port behind the header; a load behind the end.
  ['forward', '-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"', SYN, true],
  ['forward', '-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"', DATAGRAM, false],
  ['forward', '-m bpf --bytecode "5,177 0 0 0,72 0 0 2,21 0 1 80,6 0 0 65535,6 0 0 0"', SYN, true],
  ['forward', '-m bpf --bytecode "5,177 0 0 0,72 0 0 2,21 0 1 81,6 0 0 65535,6 0 0 0"', SYN, false],
  ['forward', '-m bpf --bytecode "4,32 0 0 24,21 0 1 1,6 0 0 1,6 0 0 0"', SYN, 'not known'],
  ['forward', '-m bpf --bytecode "4,32 0 0 24,21 0 1 1,6 0 0 1,6 0 0 1"', SYN, true],
  ['forward', '-m bpf --bytecode "2,32 0 0 400,6 0 0 1"', SYN, false],
  ['forward', '-m bpf --object-pinned /sys/fs/bpf/x', SYN, 'cannot be evaluated'],
  // Sockets and senders.
  ['forward', '-m policy --dir in --pol none', SYN, true],
  ['forward', '-m policy --dir in --pol ipsec --proto esp', SYN, false],
  ['forward', '-m policy --dir out --pol none', SYN, 'was not read'],
  ['forward', '-m ipvs --ipvs', SYN, 'was not read'],
  ['postrouting', '-m owner --uid-owner 0', SYN, false],
  ['postrouting', '-m owner ! --uid-owner 0', SYN, true],
  ['postrouting', '-m owner ! --uid-owner 0 --gid-owner 0', SYN, false],
  ['output', '-m owner --uid-owner 0', SYN, 'who sends'],
  ['output', '-m owner --socket-exists', SYN, true],
  ['output', '-m owner ! --socket-exists', SYN, false],
  ['output', '-m owner --uid-owner 0', answerTo(ECHO), false],
  ['output', '-m owner ! --uid-owner 0', answerTo(ECHO), true],
  ['output', '-m owner --uid-owner 0', RST, false],
  ['output', '-m owner --uid-owner 0', errorAbout(SYN, '10.0.0.2'), false],
  ['forward', '-m cgroup --cgroup 1', SYN, false],
  ['forward', '-m cgroup ! --cgroup 1', SYN, false],
  ['output', '-m cgroup --path docker', SYN_ACK, false],
  ['output', '-m cgroup --path docker', SYN, 'group of a program'],
  ['input', '-m cgroup --path docker', HERE, false],
  ['prerouting', '-m socket', SYN, false],
  ['prerouting', '-m socket --nowildcard', HERE, true],
  ['prerouting', '-m socket', HERE, false],
  ['prerouting', '-m socket --nowildcard --transparent', HERE, 'how a socket was opened'],
  ['prerouting', '-m socket', tcp('203.0.113.9 1', '198.51.100.1 8080'), true],
  ['prerouting', '-m socket', tcp('203.0.113.9 1', '198.51.100.1 81'), false],
  ['prerouting', '-m socket', ECHO, false],
  ['prerouting', '-m socket', tcp('203.0.113.9 80', '198.51.100.1 5000', ['syn', 'ack']), 'socket of a connection'],
  ['prerouting', '-m rpfilter', SYN, true],
  ['prerouting', '-m rpfilter --invert', SYN, false],
  ['prerouting', '-m rpfilter', tcp('172.17.9.9 1', '10.0.0.2 2'), false],
  ['prerouting', '-m rpfilter --loose', tcp('172.17.9.9 1', '10.0.0.2 2'), true],
  ['prerouting', '-m rpfilter --loose', tcp('192.0.2.1 1', '10.0.0.2 2'), false],
  ['prerouting', '-m rpfilter', tcp('198.51.100.1 1', '10.0.0.2 2'), false],
  ['prerouting', '-m rpfilter --accept-local', tcp('198.51.100.1 1', '10.0.0.2 2'), true],
  // Nothing is known of lists that were not read.
  ['forward', '-m recent --rcheck --name ssh --mask 255.255.255.255 --rsource', SYN, 'was not read'],
  ['forward', '-m recent --set --name ssh --mask 255.255.255.255 --rsource', SYN, true],
  ['forward', '-m recent ! --set --name ssh --mask 255.255.255.255 --rsource', SYN, false],
  ['forward', '-m hashlimit --hashlimit-upto 5/min --hashlimit-mode srcip --hashlimit-name h', SYN, 'was not read'],
  ['forward', '-p tcp -m connlimit --connlimit-above 1 --connlimit-mask 32 --connlimit-saddr', SYN, false],
  ['forward', '-p tcp -m connlimit --connlimit-upto 1 --connlimit-mask 32 --connlimit-saddr', SYN, true],
  ['forward', '-p tcp -m connlimit --connlimit-above 0 --connlimit-mask 32 --connlimit-saddr', SYN, true],
]

const socket = (address: string, port: number): Socket => ({
  protocol: 'tcp',
  family: 4,
  address,
  port,
  device: null,
  ipv6Only: false,
  process: null,
  proxyTo: null,
})
const SOCKETS = [socket('0.0.0.0', 80), socket('198.51.100.1', 8080)]

const DEVICES: Readonly<Record<Hook, Partial<HookCall>>> = {
  prerouting: { inDevice: 'eth0' },
  input: { inDevice: 'eth0' },
  forward: { inDevice: 'eth0', outDevice: 'br-1' },
  output: { outDevice: 'eth0' },
  postrouting: { inDevice: 'br-1', outDevice: 'eth0' },
}
const TABLES = { prerouting: 'mangle', input: 'filter', forward: 'filter', output: 'filter', postrouting: 'mangle' }

interface Asked {
  readonly hook: Hook
  readonly conditions: string
  readonly packet: Packet
}

function parts({ hook, conditions }: Asked) {
  return {
    ip: table(TABLES[hook], [`-A ${hook.toUpperCase()} ${conditions} -j DROP`]),
    addresses: { eth0: '198.51.100.1' },
    sockets: SOCKETS,
    routes: (query: { readonly destination: string; readonly device: string | null }) => {
      const name = query.destination.startsWith('10.') ? 'eth0' : query.destination.startsWith('172.') ? 'br-1' : null
      const usable = name !== null && (query.device === null || query.device === name)
      return usable ? ({ kind: 'device', name } as const) : ({ kind: 'none' } as const)
    },
  }
}

describe('modules', () => {
  it.each(ROWS.map(([hook, conditions, packet, expected]) => ({ hook, conditions, packet, expected })))(
    '$hook $conditions: $expected',
    ({ expected, ...asked }) => {
      const outcome = scene(parts(asked)).visit(asked.hook, asked.packet, DEVICES[asked.hook])
      expect(outcome.verdict).toBe(typeof expected === 'string' ? 'cannot-tell' : expected ? 'drop' : 'accept')
      if (typeof expected === 'string') expect(outcome.reason).toContain(expected)
    },
  )
})
