import { describe, expect, it } from 'vitest'
import { parseIpAddr } from '../../../src/core/parse/ip-addr.ts'

/** From `ip -j -d addr show` of iproute2 6.15, shortened. */
const veth = {
  ifindex: 2,
  link_index: 5,
  ifname: 'ens5',
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  mtu: 1500,
  operstate: 'UP',
  link_type: 'ether',
  address: '52:54:00:33:64:14',
  link_netnsid: 0,
  linkinfo: { info_kind: 'veth' },
  addr_info: [
    {
      family: 'inet',
      local: '198.51.100.20',
      prefixlen: 24,
      broadcast: '198.51.100.255',
      scope: 'global',
      label: 'ens5',
    },
    { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link', tentative: true },
    { family: 'inet', local: '198.51.100.21', prefixlen: 24, scope: 'global', secondary: true },
  ],
}

const parse = (...devices: readonly object[]) => parseIpAddr(JSON.stringify(devices))

describe('parseIpAddr', () => {
  it('reads a veth: where its other end is, and its addresses in order', () => {
    const [raw] = parse(veth).value ?? []
    expect(raw?.end).toEqual({ index: 5, peerName: null, netnsId: 0 })
    expect(raw?.device).toMatchObject({ index: 2, name: 'ens5', kind: 'veth', up: true, carrier: true, peer: null })
    expect(raw?.device.addresses).toEqual([
      {
        family: 4,
        address: '198.51.100.20',
        prefixLength: 24,
        scope: 'global',
        primary: true,
        broadcast: '198.51.100.255',
      },
      { family: 6, address: 'fe80::1', prefixLength: 64, scope: 'link', primary: true, tentative: true },
      { family: 4, address: '198.51.100.21', prefixLength: 24, scope: 'global', primary: false },
    ])
    // The index of a veth's other end is not a parent device.
    expect(raw?.device).not.toHaveProperty('parentIndex')
  })

  it('knows a device without a cable from one that is down', () => {
    const states = parse(
      { ...veth, flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'UP'], operstate: 'DOWN' },
      { ...veth, flags: ['BROADCAST', 'MULTICAST'], operstate: 'DOWN' },
      { ...veth, flags: ['UP', 'LOWER_UP'], operstate: 'UNKNOWN' },
    ).value?.map(({ device }) => [device.up, device.carrier])
    expect(states).toEqual([
      [true, false],
      [false, false],
      [true, true],
    ])
  })

  it('reads what belongs to a kind: bridge, vxlan, macvlan, a NIC without a kind', () => {
    const bridge = { nf_call_iptables: 1, vlan_filtering: 0, ageing_time: 30000 }
    const [one, two, three, four] = (
      parse(
        { ...veth, linkinfo: { info_kind: 'bridge', info_data: bridge } },
        { ...veth, linkinfo: { info_kind: 'vxlan', info_data: { id: 4097 } } },
        { ...veth, link_index: 3, linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } } },
        { ...veth, linkinfo: undefined, master: 'bond0' },
      ).value ?? []
    ).map(({ device }) => device)
    expect(one).toMatchObject({ kind: 'bridge', bridge: { nfCallIptables: true, ageingSeconds: 300 } })
    expect(two).toMatchObject({ kind: 'vxlan', vxlanId: 4097 })
    expect(three).toMatchObject({ kind: 'macvlan', mode: 'bridge', parentIndex: 3 })
    expect(four).toMatchObject({ kind: 'physical', master: 'bond0' })
  })

  it('reads what stacked devices have: VLAN, who keeps apart, the port that a bond uses', () => {
    const data = [
      { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 7, flags: ['REORDER_HDR'] } },
      { info_kind: 'ipvlan', info_data: { mode: 'l2', private: true } },
      { info_kind: 'ipvlan', info_data: { mode: 'l3s', bridge: true } },
      { info_kind: 'bond', info_data: { mode: 'active-backup', active_slave: 'ens5' } },
    ]
    const devices = (parse(...data.map((linkinfo) => ({ ...veth, linkinfo }))).value ?? []).map(({ device }) => device)
    expect(devices).toMatchObject([
      { kind: 'vlan', vlanId: 7 },
      { kind: 'ipvlan', mode: 'l2', apart: 'private' },
      { kind: 'ipvlan', mode: 'l3s' },
      { kind: 'bond', mode: 'active-backup', activeSlave: 'ens5' },
    ])
    expect(devices[2]).not.toHaveProperty('apart')
  })

  it('says which device it cannot read, and keeps the others', () => {
    const { value, problems } = parse(veth, { ifname: 'no-index' })
    expect(value).toHaveLength(1)
    expect(problems).toMatchObject([{ path: '[1]' }])
    expect(parseIpAddr('[{"ifindex":1,')).toMatchObject({ value: null, problems: [{}] })
  })
})
