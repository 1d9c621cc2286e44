import fc from 'fast-check'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Interface } from '../../../src/core/host/interface.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'
import { buildHost, device, socket } from '../../support/build-host.ts'
import { anyGap } from './arbitrary-host.ts'
import {
  anyConnection,
  anyFdbEntry,
  anyNeighbor,
  anyPeer,
  anyPolicyRule,
  anyRoute,
  anySocket,
  anySysctls,
} from './arbitrary-namespace.ts'
import { anyRulesets } from './arbitrary-rules.ts'
import { anyMac } from './arbitrary-words.ts'

/** A host that works: two bridges, a container on each, everything known of its neighbours. */
const sound = buildHost({
  bridges: { br0: '172.17.0.1/16', br1: '172.18.0.1/16' },
  containers: [
    {
      name: 'n1',
      ip: '172.17.0.2',
      bridge: 'br0',
      gateway: '172.17.0.1',
      network: 'bridge',
      index: 20,
      sockets: web(),
    },
    { name: 'n2', ip: '172.18.0.2', bridge: 'br1', gateway: '172.18.0.1', network: 'net', index: 21, sockets: web() },
  ],
})

function web(): NetNamespace['sockets'] {
  return [socket('tcp 0.0.0.0:80'), socket('udp 0.0.0.0:7')]
}

/** What is put in place of, or added to, the parts of one namespace; null leaves the part alone. */
const damage = fc.record({
  rulesets: fc.option(anyRulesets, { freq: 1 }),
  moreRoutes: fc.option(fc.array(anyRoute, { maxLength: 4 }), { freq: 1 }),
  policyRules: fc.option(fc.array(anyPolicyRule, { maxLength: 3 }), { freq: 1 }),
  neighbors: fc.option(fc.array(anyNeighbor, { maxLength: 3 }), { freq: 1 }),
  fdb: fc.option(fc.array(anyFdbEntry, { maxLength: 3 }), { freq: 1 }),
  conntrack: fc.option(fc.array(anyConnection, { maxLength: 4 }), { freq: 1 }),
  sockets: fc.option(fc.option(fc.array(anySocket, { maxLength: 4 })), { freq: 1 }),
  sysctls: fc.option(anySysctls, { freq: 1 }),
  wires: fc.array(fc.tuple(fc.constantFrom('br0', 'br1', 'br2', null), fc.constantFrom('br0', 'br1', 'br2', null)), {
    maxLength: 4,
  }),
  changes: fc.array(
    fc.record({
      at: fc.nat(7),
      field: fc.constantFrom('mac', 'up', 'mtu', 'master', 'peer', 'addresses', 'port', 'bridge'),
      mac: fc.option(anyMac),
      mtu: fc.constantFrom(0, 20, 68, 576, 65535),
      master: fc.constantFrom('br0', 'br1', 'br2', 'eth0', 'gone', null),
      peer: fc.option(anyPeer),
      calls: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
})
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

/** The sound host with some of its parts broken: bridges wired in circles, equal MACs, rules of any kind. */
export const brokenHost: fc.Arbitrary<HostState> = fc
  .record({
    damages: fc.tuple(fc.option(damage, { freq: 4 }), fc.option(damage, { freq: 1 }), fc.option(damage, { freq: 1 })),
    gaps: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.array(anyGap, { maxLength: 2 })),
    origin: fc.constantFrom('probe', 'sandbox'),
    generation: fc.constantFrom(20, 28),
  })
  .map(({ damages, gaps, origin, generation }) => ({
    ...sound,
    origin,
    gaps,
    engine: { ...sound.engine, generation },
    namespaces: sound.namespaces.map((netns, index) => breakNamespace(netns, damages[index] ?? null)),
  }))

function breakNamespace(netns: NetNamespace, done: Damage | null): NetNamespace {
  if (done === null) return netns
  const interfaces = [...netns.interfaces.map((each, index) => change(each, index, done)), ...wiring(netns.id, done)]
  return {
    ...netns,
    interfaces,
    routes: [...netns.routes, ...(done.moreRoutes ?? [])],
    rulesets: done.rulesets ?? netns.rulesets,
    policyRules: done.policyRules ?? netns.policyRules,
    neighbors: done.neighbors ?? netns.neighbors,
    fdb: done.fdb ?? netns.fdb,
    conntrack: done.conntrack ?? netns.conntrack,
    sockets: done.sockets ?? netns.sockets,
    sysctls: { ...netns.sysctls, ...done.sysctls },
  }
}

function change(before: Interface, index: number, { changes }: Damage): Interface {
  return changes.filter((each) => each.at === index).reduce((device, each) => changeField(device, each), before)
}

function changeField(before: Interface, change: Damage['changes'][number]): Interface {
  const { field, mac, mtu, master, peer, calls } = change
  switch (field) {
    case 'mac':
      return { ...before, mac }
    case 'up':
      return { ...before, up: !before.up }
    case 'mtu':
      return { ...before, mtu }
    case 'master':
      return { ...before, master }
    case 'peer':
      return { ...before, peer }
    case 'addresses':
      return { ...before, addresses: [] }
    case 'port':
      return {
        ...before,
        port: { state: 'forwarding', hairpin: calls, learning: !calls, flood: true, isolated: calls },
      }
    case 'bridge':
      return {
        ...before,
        bridge: { vlanFiltering: false, nfCallIptables: calls, nfCallIp6tables: calls, ageingSeconds: 0 },
      }
    default:
      return field satisfies never
  }
}

/** Veth pairs within one namespace, between bridges or with loose ends; a bridge br2 with nothing else on it. */
function wiring(id: string, { wires }: Damage): readonly Interface[] {
  if (wires.length === 0) return []
  const pairs = wires.flatMap(([left, right], index) => {
    const name = (end: string): string => `wire${index}${end}`
    const peer = (end: string) => ({ peer: { namespace: id, device: name(end) }, mac: `02:00:00:00:00:0${index}` })
    return [
      device(300 + index, name('a'), 'veth', { ...peer('b'), master: left }),
      device(400 + index, name('b'), 'veth', { ...peer('a'), master: right }),
    ]
  })
  return [device(299, 'br2', 'bridge', { mac: '02:00:00:00:00:99' }), ...pairs]
}
