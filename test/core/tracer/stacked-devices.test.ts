import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Interface } from '../../../src/core/host/interface.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'
import { buildHost, connectedRoutes, address, device, neighbor } from '../../support/build-host.ts'
import { RULES_28 } from '../../support/docker-rules.ts'
import { frames, mainOf, ping, places, replyOf, syn, trace } from '../../support/trace-words.ts'

const ENS5 = { namespace: 'host', device: 'ens5' } as const
const LAN = '198.51.100.77'
const M1 = '198.51.100.150'
const M2 = '198.51.100.151'

const container = (name: string, ip: string, index: number) => ({
  name,
  ip,
  index,
  bridge: 'docker0',
  gateway: '198.51.100.1',
  network: 'mac',
})

/** A host with two containers whose eth0 sits on something. */
function stacked(over: Partial<Interface>, host: (netns: NetNamespace) => NetNamespace = (netns) => netns): HostState {
  const built = buildHost({ rules: RULES_28, containers: [container('m1', M1, 20), container('m2', M2, 21)] })
  const [root, ...others] = built.namespaces
  if (root === undefined) throw new Error('a host without namespaces')
  const bare = { ...root, interfaces: root.interfaces.filter(({ master }) => master === null), fdb: [] }
  return { ...built, namespaces: [host(bare), ...others.map((netns, index) => onParent(netns, index, over))] }
}

function onParent(netns: NetNamespace, index: number, over: Partial<Interface>): NetNamespace {
  const [lo, veth] = netns.interfaces
  if (lo === undefined || veth === undefined) throw new Error('a container without devices')
  const eth0: Interface = {
    ...device(20 + index, 'eth0', 'macvlan', { mac: `02:42:00:00:00:0${index + 1}`, mode: 'bridge', parent: ENS5 }),
    addresses: [address(`${veth.addresses[0]?.address}/24`)],
    ...over,
  }
  return {
    ...netns,
    interfaces: [lo, eth0],
    routes: [...connectedRoutes([eth0]), ...netns.routes.slice(-1)],
    neighbors: [],
  }
}

const changed = (netns: NetNamespace, over: Partial<Interface>, more: readonly Interface[] = []): NetNamespace => ({
  ...netns,
  interfaces: [...netns.interfaces.map((each) => (each.name === 'ens5' ? { ...each, ...over } : each)), ...more],
})

describe('macvlan', () => {
  it('bridge mode: the question goes to those beside it and out on the wire, the packet only beside', () => {
    const report = trace(stacked({}), ping('m1', M2))
    expect(places(report.exchanges[0]?.forward as never)).toEqual([
      'container:m1 eth0 out',
      'host ens5 out',
      'container:m2 eth0 in',
    ])
    expect(places(report.exchanges[0]?.reply as never)).toEqual([
      'container:m2 eth0 out',
      'host ens5 in',
      'container:m1 eth0 in',
    ])
    expect(places(mainOf(report).forward)).toEqual(['container:m1 eth0 out', 'host ens5 in', 'container:m2 eth0 in'])
    expect(
      mainOf(report)
        .forward.hops.flatMap(({ steps }) => steps)
        .some(({ kind }) => kind === 'rule'),
    ).toBe(false)
  })

  it('the host and its child do not hear each other', () => {
    for (const flow of [ping('m1', '198.51.100.10'), ping('host', M1)])
      expect(trace(stacked({}), flow).disposition).toBe('neighbor-unreachable')
  })

  it('a machine outside reaches it by its own MAC, the answer goes back by the NIC', () => {
    const report = trace(stacked({}), ping(`external:${LAN}`, M1))
    expect(places(mainOf(report).forward)).toEqual(['host ens5 in', 'container:m1 eth0 in'])
    expect(places(replyOf(report))).toEqual(['container:m1 eth0 out', 'host ens5 out'])
    const beyond = trace(stacked({}), ping('m1', LAN))
    expect(mainOf(beyond).reply?.disposition).toBe('delivered')
  })

  it('vepa says that another switch would help; private does not', () => {
    expect(trace(stacked({ mode: 'vepa' }), ping('m1', M2)).warnings.join()).toContain('802.1Qbg')
    const report = trace(stacked({ mode: 'private' }), ping('m1', M2))
    expect([report.disposition, ...report.warnings]).toEqual(['neighbor-unreachable'])
  })

  it('a static entry for a neighbour that private mode keeps apart: the frame leaves, nobody sends it back', () => {
    const state = stacked({ mode: 'private' })
    const entry = neighbor('eth0', M2, '02:42:00:00:00:02')
    const fixed = state.namespaces.map((each) =>
      each.name === 'container:m1' ? { ...each, neighbors: [entry] } : each,
    )
    const report = trace({ ...state, namespaces: fixed }, ping('m1', M2))
    expect(report.disposition).toBe('leaves-host')
    expect(mainOf(report).reply).toBeNull()
    expect(report.warnings.join()).toContain('a switch does not send it back')
  })

  it('passthru takes what comes in for the host', () => {
    const report = trace(stacked({ mode: 'passthru', mac: '52:54:00:00:00:10' }), ping('host', LAN))
    expect(report.disposition).toBe('neighbor-unreachable')
    expect(report.reason).toContain(LAN)
  })

  it('source mode and a parent that was not read end in cannot-tell', () => {
    const source = trace(stacked({ mode: 'source' }), ping(`external:${LAN}`, M1))
    expect([source.disposition, source.reason]).toEqual(['cannot-tell', expect.stringContaining('source mode')])
    const state = stacked({})
    const lost = state.namespaces.map((each) => ({
      ...each,
      interfaces: each.interfaces.map(({ parent: _gone, ...rest }) => rest),
    }))
    expect(trace({ ...state, namespaces: lost }, ping('m1', M2)).disposition).toBe('cannot-tell')
  })

  it('a child that is down takes nothing', () => {
    const state = stacked({})
    const down = state.namespaces.map((each) =>
      each.name === 'container:m2'
        ? { ...each, interfaces: each.interfaces.map((one) => (one.name === 'eth0' ? { ...one, up: false } : one)) }
        : each,
    )
    expect(trace({ ...state, namespaces: down }, ping('m1', M2)).disposition).not.toBe('delivered')
  })
})

describe('ipvlan', () => {
  const shared = { kind: 'ipvlan', mac: '52:54:00:00:00:10' } as const

  it('l2: beside each other past the taps of the parent', () => {
    const report = trace(stacked({ ...shared, mode: 'l2' }), ping('m1', M2))
    expect(places(mainOf(report).forward)).toEqual(['container:m1 eth0 out', 'container:m2 eth0 in'])
  })

  it('l2 private: the driver drops the answer to the question', () => {
    const report = trace(stacked({ ...shared, mode: 'l2', apart: 'private' }), syn('m1', M2, 80))
    expect(report.disposition).toBe('neighbor-unreachable')
  })

  it('l3: the host’s OUTPUT and POSTROUTING see what leaves, and the host asks for the next hop', () => {
    const report = trace(stacked({ ...shared, mode: 'l3' }), ping('m1', LAN))
    const hops = mainOf(report).forward.hops.filter(({ netns }) => netns === 'host')
    const hooks = hops.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'policy' ? [step.hook] : [])))
    expect(new Set(hooks)).toEqual(new Set(['output', 'postrouting']))
    expect(frames(mainOf(report).forward)).toEqual([
      `container:m1 eth0 out ${M1} > ${LAN} ttl 64`,
      `host ens5 out ${M1} > ${LAN} ttl 64`,
    ])
    expect(mainOf(report).reply).toBeNull()
  })

  it('l3: where the host has no way its sender is not told', () => {
    const state = stacked({ ...shared, mode: 'l3' }, (netns) => ({
      ...netns,
      routes: [
        { ...netns.routes[0], type: 'unreachable', destination: '203.0.113.0/24', nextHops: [] } as never,
        ...netns.routes,
      ],
    }))
    const report = trace(state, ping('m1', '203.0.113.80'))
    expect([report.disposition, mainOf(report).reply]).toEqual(['dropped', null])
  })

  it('l3: a machine of the NIC’s own subnet asks for it in vain', () => {
    const report = trace(stacked({ ...shared, mode: 'l3' }), ping(`external:${LAN}`, M1))
    expect([report.disposition, places(mainOf(report).forward)]).toEqual(['neighbor-unreachable', []])
  })

  it('l3s: PREROUTING and INPUT of the host see what comes in, no tap and no rule of the container', () => {
    const report = trace(stacked({ ...shared, mode: 'l3s' }), ping('external:203.0.113.80', M1))
    expect(report.disposition).toBe('delivered')
    expect(places(mainOf(report).forward)).toEqual(['host ens5 in'])
    const hooks = mainOf(report).forward.hops.flatMap(({ netns, steps }) =>
      steps.flatMap((step) => (step.kind === 'policy' ? [`${netns} ${step.hook}`] : [])),
    )
    expect(new Set(hooks)).toEqual(new Set(['host prerouting', 'host input']))
  })
})

describe('vlan and bond', () => {
  const vlan = device(30, 'ens5.7', 'vlan', {
    mac: '52:54:00:00:00:10',
    vlanId: 7,
    parent: ENS5,
    addresses: [address('203.0.113.10/24')],
  })
  const onVlan = (netns: NetNamespace): NetNamespace => ({
    ...changed(netns, {}, [vlan]),
    routes: [...netns.routes, ...connectedRoutes([vlan])],
  })

  it('a tagged frame shows on both devices, out and in', () => {
    const report = trace(stacked({}, onVlan), ping('host', '203.0.113.80'))
    expect(places(mainOf(report).forward)).toEqual(['host ens5.7 out', 'host ens5 out'])
    expect(places(replyOf(report))).toEqual(['host ens5 in', 'host ens5.7 in'])
  })

  it('a machine in the VLAN comes in tagged', () => {
    const report = trace(stacked({}, onVlan), ping('external:203.0.113.80', '203.0.113.10'))
    expect(places(mainOf(report).forward)).toEqual(['host ens5 in', 'host ens5.7 in'])
    expect(report.disposition).toBe('delivered')
  })

  it('a bond sends by its active port', () => {
    const bond = device(40, 'bond0', 'bond', {
      mac: '52:54:00:00:00:10',
      mode: 'active-backup',
      activeSlave: 'ens6',
      addresses: [address('198.51.100.10/24')],
    })
    const second = device(41, 'ens6', 'physical', { master: 'bond0' })
    const state = stacked({ parent: { namespace: 'host', device: 'bond0' } }, (netns) => ({
      ...changed(netns, { master: 'bond0', addresses: [] }, [bond, second]),
      routes: connectedRoutes([bond]),
    }))
    const report = trace(state, ping('m1', LAN))
    expect(places(mainOf(report).forward)).toEqual(['container:m1 eth0 out', 'host bond0 out', 'host ens6 out'])
    expect(places(replyOf(report))).toEqual(['host ens6 in', 'host bond0 in', 'container:m1 eth0 in'])
  })
})
