import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Interface } from '../../../src/core/host/interface.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'
import { predictPacket } from '../../scenarios/support/predict-packet.ts'
import { address, buildHost, connectedRoutes, type ContainerParts, device, neighbor, route, socket } from '../../support/build-host.ts'
import { RULES_28 } from '../../support/docker-rules.ts'
import { frames, mainOf, matched, ping, places, syn, trace } from '../../support/trace-words.ts'

/** Scenarios that this machine cannot run, over host states that were written for them. */

const OUT = '203.0.113.80'

function withHost(state: HostState, change: (host: NetNamespace) => NetNamespace): HostState {
  const [host, ...others] = state.namespaces
  if (host === undefined) throw new Error('a host state without namespaces')
  return { ...state, namespaces: [change(host), ...others] }
}

function withNamespace(state: HostState, name: string, change: (netns: NetNamespace) => NetNamespace): HostState {
  return { ...state, namespaces: state.namespaces.map((each) => (each.name === name ? change(each) : each)) }
}

const onBridge = (name: string, ip: string, index: number, more: Partial<ContainerParts> = {}): ContainerParts => ({
  name,
  ip,
  index,
  bridge: 'docker0',
  gateway: '172.17.0.1',
  network: 'bridge',
  ...more,
})

describe('C, written', () => {
  const second = device(3, 'ens6', 'physical', { mac: '52:54:00:00:00:11', addresses: [address('192.0.2.10/24')] })
  const state = (value: string): HostState =>
    withHost(
      buildHost({
        rules: RULES_28,
        containers: [onBridge('c1', '172.17.0.2', 20)],
        sysctls: { 'ipv4/conf/all/rp_filter': '0', 'ipv4/conf/ens6/rp_filter': value },
      }),
      (host) => ({
        ...host,
        interfaces: [...host.interfaces, second],
        routes: [...host.routes, ...connectedRoutes([second])],
      }),
    )

  it.each([
    ['1', 'dropped'],
    ['2', 'delivered'],
  ])('C18 [K] an answer that comes in by another NIC, rp_filter=%s there: %s', (value, disposition) => {
    // Nobody waits for it here: what is judged is whether the host takes a packet of that machine from that side.
    const headers = { protocol: 'icmp', src: OUT, dst: '198.51.100.10', sourcePort: 7, destinationPort: 0 } as const
    const report = predictPacket(state(value), { device: 'ens6' }, headers)
    expect(report.disposition, report.reason).toBe(disposition)
    if (value === '1') expect(mainOf(report).forward.hops.flatMap(({ steps }) => steps).at(-1)).toMatchObject({ kind: 'drop', reason: 'IP_RPFILTER' })
  })
})

describe('G, written', () => {
  it('G5 [K] ipvlan l3 without a way back: the host sends it on, no answer comes', () => {
    const parent = { namespace: 'host', device: 'ens5' }
    const eth0: Interface = device(20, 'eth0', 'ipvlan', { addresses: [address('10.77.0.2/24')], mac: '52:54:00:00:00:10', mode: 'l3', parent })
    const state = withNamespace(buildHost({ containers: [onBridge('v1', '10.77.0.2', 20)] }), 'container:v1', (netns) => ({
      ...netns,
      interfaces: [...netns.interfaces.filter(({ kind }) => kind === 'loopback'), eth0],
      routes: [...connectedRoutes([eth0]), route('default dev eth0')],
    }))
    const report = trace(state, ping('v1', OUT))
    expect(report.disposition, report.reason).toBe('leaves-host')
    expect(places(mainOf(report).forward)).toEqual(['container:v1 eth0 out', 'host ens5 out'])
    expect(mainOf(report).reply).toBeNull()
  })
})

describe('H, written', () => {
  /** What Swarm puts into a task's namespace for a port published by ingress, with 10.0.0.4 its address there. */
  const taskRules = `*filter
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -d 172.18.0.5/32 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
-A INPUT -d 172.18.0.5/32 -p tcp -j DROP
COMMIT
`
  const gateway = { bridge: 'docker_gwbridge', gateway: '172.18.0.1', network: 'docker_gwbridge' } as const
  const swarm = `*filter
:FORWARD DROP [0:0]
-A FORWARD -o docker_gwbridge -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -i docker_gwbridge ! -o docker_gwbridge -j ACCEPT
-A FORWARD -i docker_gwbridge -o docker_gwbridge -j DROP
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 172.18.0.0/16 ! -o docker_gwbridge -j MASQUERADE
COMMIT
`
  const state = (rulesOfHost: string): HostState =>
    buildHost({
      bridges: { docker_gwbridge: '172.18.0.1/16' },
      rules: rulesOfHost,
      containers: [
        { name: 'sbox', ip: '172.18.0.2', index: 20, ...gateway },
        { name: 'task', ip: '172.18.0.5', index: 21, ...gateway, rules: taskRules, sockets: [socket('tcp 0.0.0.0:80'), socket('tcp 0.0.0.0:81')] },
      ],
    })

  it('H1 [O ns dump] a peer of the overlay on the same node: bridged in the hidden namespace, not on the host', () => {
    const host = buildHost({ bridges: { br0: '10.50.1.1/24' }, containers: [onBridge('t1', '10.50.1.6', 20, { bridge: 'br0', gateway: '10.50.1.1', network: 'ref-ov' }), onBridge('t2', '10.50.1.7', 21, { bridge: 'br0', gateway: '10.50.1.1', network: 'ref-ov' })] })
    const [root, ...tasks] = host.namespaces
    if (root === undefined) throw new Error('a host state without namespaces')
    // br0 and its ports move to a namespace of their own, as the overlay driver has it; the host keeps its NIC.
    const isOurs = ({ kind, name }: Interface): boolean => kind === 'bridge' || name.startsWith('vetht')
    const hidden: NetNamespace = {
      ...root,
      id: 'overlay',
      name: 'sandbox:1-xk72nxif9k',
      interfaces: root.interfaces.filter((each) => each.kind === 'loopback' || isOurs(each)),
      neighbors: [],
      sysctls: { ...root.sysctls, 'bridge/bridge-nf-call-iptables': '0' },
    }
    const moved: HostState = {
      ...host,
      namespaces: [
        { ...root, interfaces: root.interfaces.filter((each) => !isOurs(each)), fdb: [] },
        hidden,
        ...tasks.map((task) => ({
          ...task,
          interfaces: task.interfaces.map((each) => (each.peer === null ? each : { ...each, peer: { ...each.peer, namespace: 'overlay' } })),
        })),
      ],
    }
    const report = trace(moved, ping('t1', '10.50.1.7'))
    expect(report.disposition, report.reason).toBe('delivered')
    expect(places(mainOf(report).forward)).toEqual(['container:t1 eth0 out', 'sandbox:1-xk72nxif9k vetht1 in', 'sandbox:1-xk72nxif9k vetht2 out', 'container:t2 eth0 in'])
  })

  it('H4 [O task rules] another port of the task: dropped by its own INPUT', () => {
    const open = swarm.replace('-A FORWARD -i docker_gwbridge -o docker_gwbridge -j DROP', '-A FORWARD -i docker_gwbridge -o docker_gwbridge -j ACCEPT')
    expect(trace(state(open), syn('sbox', '172.18.0.5', 80)).disposition).toBe('delivered')
    const report = trace(state(open), syn('sbox', '172.18.0.5', 81))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward).at(-1)).toBe('-A INPUT -d 172.18.0.5/32 -p tcp -j DROP')
  })

  it('H5 [O routes] a task to outside: by docker_gwbridge, masqueraded', () => {
    const report = trace(state(swarm), ping('task', OUT))
    expect(report.disposition).toBe('leaves-host')
    expect(frames(mainOf(report).forward).at(-1)).toMatch(/host ens5 out 198.51.100.10.* > 203.0.113.80.* ttl 63/)
  })

  it('H6 [O gwbridge rules] task to task over docker_gwbridge: dropped, as with icc=false', () => {
    const report = trace(state(swarm), syn('sbox', '172.18.0.5', 80))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward).at(-1)).toBe('-A FORWARD -i docker_gwbridge -o docker_gwbridge -j DROP')
  })

  it.skip('H3 [S service_linux.go] a service port through ingress (not run: this kernel has no IPVS, and it is not modelled)', () => undefined)
})

describe('N, written', () => {
  it('N8 [K] an address that is still being checked for duplicates is no source', () => {
    const lasting = { ...address('fd00:17::2/64') }
    const fresh = { ...address('2001:db8:77::2/64'), tentative: true }
    const eth0Of = (netns: NetNamespace): NetNamespace => {
      const interfaces = netns.interfaces.map((each) => (each.name === 'eth0' ? { ...each, addresses: [fresh, lasting] } : each))
      return { ...netns, interfaces, routes: [...connectedRoutes(interfaces), route('default via fd00:17::1 dev eth0')], neighbors: [neighbor('eth0', 'fd00:17::1', '02:42:ac:11:00:01')] }
    }
    const state = withNamespace(buildHost({ containers: [onBridge('c1', '172.17.0.2', 20)] }), 'container:c1', eth0Of)
    const [first] = mainOf(trace(state, ping('c1', '2001:db8:99::1'))).forward.hops
    expect(first?.packet.src).toBe('fd00:17::2')
  })
})
