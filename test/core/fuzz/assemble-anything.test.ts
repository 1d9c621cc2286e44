import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkHostState } from '../../../src/core/host/check-host-state.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { assembleHostState } from '../../../src/core/parse/assemble-host-state.ts'
import type { Frame } from '../../../src/core/parse/frames.ts'
import { checkReport } from '../../../src/core/trace/check-trace.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { textLike } from './text-like.ts'

const runs = Number(process.env['FUZZ_RUNS'] ?? 300)

const address = JSON.stringify([
  {
    ifindex: 2,
    ifname: 'eth0',
    link_index: 3,
    link_netnsid: 0,
    flags: ['UP', 'LOWER_UP'],
    mtu: 1500,
    operstate: 'UP',
    link_type: 'ether',
    address: '02:42:ac:11:00:02',
    linkinfo: { info_kind: 'veth' },
    addr_info: [{ family: 'inet', local: '172.17.0.2', prefixlen: 16, scope: 'global' }],
  },
])
const route = '[{"dst":"default","gateway":"172.17.0.1","dev":"eth0","flags":[]}]'
const rule =
  '[{"priority":0,"src":"all","table":"local"},{"priority":5,"src":"10.0.0.0","srclen":8,"fwmark":"0x1","table":"7"}]'
const neigh = '[{"dst":"172.17.0.1","dev":"eth0","lladdr":"02:42:ac:11:00:01","state":["STALE"]}]'

/** What the reader prints in one namespace, by command. */
const outputs: Readonly<Record<string, string>> = {
  ip: `${address}\n${neigh}\n[]`,
  'ip-4': `${route}\n${rule}`,
  'ip-6': '[]\n[]',
  fdb: '[{"mac":"02:00:00:00:00:01","ifname":"eth0","master":"br0","flags":["self"]}]',
  'bridge-link': '[{"ifname":"eth0","state":"forwarding","master":"br0","hairpin":true}]',
  'iptables-save': '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i eth0 -p tcp -m mark --mark 0x1/0xff -j ACCEPT\nCOMMIT',
  ipset: 'create s hash:ip family inet\nadd s 10.0.0.1',
  nft: '{"nftables":[]}',
  conntrack:
    'ipv4 2 udp 17 29 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=53 src=2.2.2.2 dst=1.1.1.1 sport=53 dport=1 mark=0',
  sockets: 'tcp LISTEN 0 4096 0.0.0.0:80 0.0.0.0:* users:(("x",pid=1,fd=4))',
  sysctls: '/proc/sys/net/ipv4/ip_forward:1',
  self: '4026531840',
  'pid:1': '4026531841',
}

const anyFrame: fc.Arbitrary<Frame> = fc.constantFrom(...Object.entries(outputs)).chain(([command, sample]) =>
  fc.record({
    namespace: fc.constantFrom('4026531840', '4026531841', '0'),
    command: fc.constant(command),
    exit: fc.constantFrom(0, 0, 0, 1),
    output: fc.oneof(fc.constant(sample), textLike(sample)),
    error: fc.constantFrom('', 'RTNETLINK answers: no'),
  }),
)

function assemble(frames: readonly Frame[]): HostState {
  return assembleHostState({
    capturedAt: '2026-01-01T00:00:00Z',
    docker: { version: null, info: null, containers: [], networks: [] },
    frames,
    frameProblems: [],
    noProbe: null,
    names: [],
  })
}

it('what is assembled of any output is a host state, and can be traced', { timeout: 120_000 }, () => {
  const property = fc.property(fc.array(anyFrame, { maxLength: 25 }), (frames) => {
    const state = assemble(frames)
    const checked = checkHostState(JSON.parse(JSON.stringify(state)))
    expect(checked.ok ? [] : checked.problems).toEqual([])
    const outcome = traceFlow(state, { from: 'host', to: '172.17.0.1', protocol: 'icmp' })
    if (outcome.ok) expect(checkReport(outcome.report)).toEqual([])
  })
  fc.assert(property, { numRuns: runs })
})
