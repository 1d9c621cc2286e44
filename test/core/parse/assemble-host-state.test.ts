import { describe, expect, it } from 'vitest'
import { checkHostState } from '../../../src/core/host/check-host-state.ts'
import { assembleHostState, type HostParts } from '../../../src/core/parse/assemble-host-state.ts'
import type { Frame } from '../../../src/core/parse/frames.ts'

const hostInode = '4026531840'
const containerInode = '4026532485'
const container = (name: string, pid: number, extra: object = {}) => ({
  Id: name.padEnd(64, '0'),
  Name: `/${name}`,
  State: { Status: pid === 0 ? 'exited' : 'running', Pid: pid },
  Config: { Image: 'busybox:local', Hostname: name, Labels: {} },
  HostConfig: { NetworkMode: 'bridge' },
  NetworkSettings: { Networks: {}, Ports: {} },
  ...extra,
})

function frame(namespace: string, command: string, output: string, exit = 0, error = ''): Frame {
  return { namespace, command, exit, output, error }
}

const lo = '[{"ifindex":1,"ifname":"lo","flags":["UP","LOWER_UP"],"mtu":65536,"link_type":"loopback","addr_info":[]}]'
const emptyRuleset = '{"nftables":[{"metainfo":{}}]}'

/** Everything that the reader prints in one namespace where there is nothing but loopback. */
function quiet(namespace: string): readonly Frame[] {
  return [
    frame(namespace, 'ip', `${lo}\n[]\n[]`),
    frame(namespace, 'ip-4', '[]\n[]'),
    frame(namespace, 'ip-6', '[]\n[]'),
    frame(namespace, 'bridge-link', '[]'),
    frame(namespace, 'fdb', '[]'),
    frame(namespace, 'iptables-save', ''),
    frame(namespace, 'ip6tables-save', ''),
    frame(namespace, 'nft', emptyRuleset),
    frame(namespace, 'ipset', ''),
    frame(namespace, 'conntrack', ''),
    frame(namespace, 'conntrack-6', ''),
    frame(namespace, 'sockets', ''),
    frame(namespace, 'sysctls', 'ipv4/ip_forward:1'),
  ]
}

const own: readonly Frame[] = [
  frame(hostInode, 'self', hostInode),
  frame(hostInode, 'netnsids', `${hostInode} \n${containerInode} 0`),
]

function assemble(containers: readonly object[], frames: readonly Frame[], change: Partial<HostParts> = {}) {
  return assembleHostState({
    capturedAt: '2026-01-01T00:00:00.000Z',
    docker: {
      version: { Version: '28.5.2', ApiVersion: '1.51' },
      info: { Name: 'h', KernelVersion: '6.1' },
      containers,
      networks: [],
    },
    frames,
    frameProblems: [],
    noProbe: null,
    names: [],
    ...change,
  })
}

const whole = [...own, ...quiet(hostInode), frame('0', 'pid:7', containerInode), ...quiet(containerInode)]
const without = (command: string, namespace = containerInode) =>
  whole.filter((one) => one.command !== command || one.namespace !== namespace)

describe('assembleHostState', () => {
  it('makes a whole state without gaps of what was read whole', () => {
    const state = assemble([container('a', 7)], whole)
    expect(state.gaps).toEqual([])
    expect(state.namespaces.map(({ id, name }) => [id, name])).toEqual([
      [hostInode, 'host'],
      [containerInode, 'container:a'],
    ])
    expect(state.engine).toMatchObject({ generation: 28, name: 'docker' })
    expect(state.namespaces[1]?.conntrack).toEqual([])
    expect(checkHostState(state)).toMatchObject({ ok: true })
  })

  it.each([
    ['iptables-save', 'iptables'],
    ['nft', 'nft'],
    ['ipset', 'ipsets'],
    ['sockets', 'sockets'],
    ['conntrack', 'conntrack'],
    ['ip', 'interfaces'],
    ['ip-6', 'routes'],
    ['sysctls', 'sysctls'],
    ['fdb', 'fdb'],
  ])('notes a gap when %s was not read, failed, or crashed', (command, what) => {
    const broken = [
      without(command),
      [...without(command), frame(containerInode, command, '', 1, 'Operation not permitted')],
      // nft 1.0.6 dies of a segmentation fault on newer sets.
      [...without(command), frame(containerInode, command, '', 139)],
    ]
    for (const frames of broken) {
      const state = assemble([container('a', 7)], frames)
      expect(state.gaps).toContainEqual(expect.objectContaining({ namespace: containerInode, what }))
    }
  })

  it('has null, not an empty list, for rules and sockets that could not be read', () => {
    const frames = whole.filter(({ command }) => !['ip6tables-save', 'nft', 'sockets', 'conntrack-6'].includes(command))
    const [, namespace] = assemble([container('a', 7)], frames).namespaces
    expect(namespace?.rulesets).toMatchObject({ iptables: null, nft: null })
    expect([namespace?.sockets, namespace?.conntrack]).toEqual([null, null])
  })

  it('takes a table with one unreadable line for unread', () => {
    const text = '*filter\n:INPUT ACCEPT [0:0]\n-A NOWHERE "\nCOMMIT\n'
    const state = assemble(
      [container('a', 7)],
      [...without('iptables-save'), frame(containerInode, 'iptables-save', text)],
    )
    expect(state.namespaces[1]?.rulesets.iptables).toBeNull()
    expect(state.gaps).toContainEqual(
      expect.objectContaining({ what: 'iptables', why: expect.stringMatching(/^line \d/) }),
    )
  })

  it('names a shared namespace after the container that brought it, and lists both', () => {
    const joined = container('b', 9, { HostConfig: { NetworkMode: `container:${'a'.padEnd(64, '0')}` } })
    const state = assemble([joined, container('a', 7)], [...whole, frame('0', 'pid:9', containerInode)])
    expect(state.namespaces[1]).toMatchObject({ name: 'container:a', containers: ['a', 'b'] })
  })

  it('leaves out its own helper, and keeps stopped containers without a namespace', () => {
    const helper = container('hopwire-probe-1', 11, { Config: { Labels: { 'io.hopwire.probe': '{}' } } })
    const state = assemble(
      [helper, container('gone', 0)],
      [...own, ...quiet(hostInode), frame('0', 'pid:11', hostInode)],
    )
    expect(state.containers.map(({ name, namespace }) => [name, namespace])).toEqual([['gone', null]])
    expect(state.gaps).toEqual([])
  })

  it('says which container it could not find the namespace of; only one that is not behind bridges may have more than is seen', () => {
    const frames = [...own, ...quiet(hostInode), frame('0', 'pid:7', '', 1, 'stat: No such file')]
    const gapsOn = (driver: string) => {
      const network = { Id: 'n1', Name: 'net', Driver: driver, IPAM: { Config: [] } }
      const networks = { net: { NetworkID: 'n1', IPAddress: '172.18.0.2' } }
      const containers = [container('a', 7, { NetworkSettings: { Networks: networks } })]
      return assemble(containers, frames, { docker: { version: {}, info: {}, containers, networks: [network] } }).gaps
    }
    const why = 'namespace of container a: stat: No such file'
    expect(gapsOn('bridge')).toEqual([{ namespace: null, what: 'container', why }])
    expect(gapsOn('macvlan')).toEqual([{ namespace: null, what: 'namespace', why }])
  })

  it('without the helper says so once, and has no rules', () => {
    const state = assemble([container('a', 7)], [], { noProbe: 'declined' })
    expect(state.origin).toBe('api')
    expect(state.gaps).toEqual([{ namespace: null, what: 'namespace', why: 'declined' }])
    expect(state.namespaces[0]?.rulesets.iptables).toBeNull()
    expect(checkHostState(state)).toMatchObject({ ok: true })
  })

  it('reads endpoints, published ports and the bridge device of a network', () => {
    const endpoint = {
      NetworkID: 'n1',
      IPAddress: '172.18.0.2',
      GlobalIPv6Address: '',
      Gateway: '172.18.0.1',
      MacAddress: '02:42:ac:12:00:02',
      Aliases: ['a'],
      DNSNames: ['a', 'abc'],
    }
    const ports = { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '53/udp': null }
    const state = assemble(
      [container('a', 7, { NetworkSettings: { Networks: { net: endpoint }, Ports: ports } })],
      whole,
      {
        docker: {
          version: {},
          info: {},
          containers: [container('a', 7, { NetworkSettings: { Networks: { net: endpoint }, Ports: ports } })],
          networks: [
            { Id: 'abcdef0123456789', Name: 'net', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.18.0.0/16' }] } },
            { Id: 'x', Name: 'bridge', Driver: 'bridge', Options: { 'com.docker.network.bridge.name': 'docker0' } },
          ],
        },
      },
    )
    expect(state.containers[0]).toMatchObject({
      endpoints: [{ ipv4: '172.18.0.2', ipv6: null, aliases: ['a', 'abc'] }],
      published: [{ protocol: 'tcp', containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 }],
    })
    expect(state.networks.map(({ bridge }) => bridge)).toEqual(['docker0', 'br-abcdef012345'])
  })
})
