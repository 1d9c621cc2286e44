import { describe, expect, it } from 'vitest'
import type { IpSet } from '../../../../src/core/host/ruleset.ts'
import { answerTo, endsOf, rulesOf, scene, stepsOf, table, tcp, trackingOf, udp } from '../netfilter-scene.ts'

const SYN = {
  ...tcp('10.0.0.1 40000', '10.0.0.2 80'),
  sourceMac: '02:42:0a:00:00:01',
  destinationMac: '02:42:0a:00:00:02',
}
const THROUGH = { inDevice: 'eth0', outDevice: 'br-1' } as const

const set = (type: string, members: readonly string[] = [], options = 'family inet'): IpSet => ({
  name: 's',
  type,
  options,
  members,
})

describe('-m set', () => {
  const verdict = (which: IpSet, condition: string, mark = 0): string =>
    scene({ ip: table('filter', [`-A FORWARD -m set ${condition} -j DROP`]), ipsets: [which] }).visit(
      'forward',
      { packet: SYN, mark, conntrack: null },
      THROUGH,
    ).verdict

  it.each([
    [set('hash:mac', ['02:42:0A:00:00:01']), '--match-set s src', 'drop'],
    [set('hash:mac', ['02:42:0A:00:00:01']), '--match-set s dst', 'accept'],
    [set('hash:ip,mac', ['10.0.0.1,02:42:0A:00:00:01']), '--match-set s src,src', 'drop'],
    [set('bitmap:ip,mac', ['10.0.0.1']), '--match-set s src,src', 'drop'],
    [set('hash:ip,mark', ['10.0.0.2,0x00000005'], 'family inet markmask 0x0000000f'), '--match-set s dst,dst', 'drop'],
    [set('hash:ip', ['10.0.0.0'], 'family inet netmask 24'), '--match-set s src', 'drop'],
    [set('hash:ip,port', ['10.0.0.2,icmp:echo-request', '10.0.0.2,tcp:80']), '--match-set s dst,dst', 'drop'],
    [set('hash:net', ['10.0.0.0/24', '10.0.0.1 nomatch']), '--match-set s src', 'accept'],
    [set('hash:net', ['10.0.0.0/24', '10.0.0.1 nomatch']), '--match-set s src --return-nomatch', 'drop'],
    [set('hash:net,iface', ['10.0.0.0/24,eth0']), '--match-set s src,src', 'drop'],
    [set('hash:ip,port', ['10.0.0.2,tcp:80']), '--match-set s dst', 'accept'],
    [set('bitmap:port', ['80']), '--match-set s dst', 'drop'],
    [set('hash:ip', ['10.0.0.1']), '--match-set s src --packets-gt 5', 'cannot-tell'],
    [set('hash:what', ['x']), '--match-set s src', 'cannot-tell'],
  ])('$type $members, %s: %s', (which, condition, expected) => {
    expect(verdict(which, condition, 0x25)).toBe(expected)
  })
})

describe('-j SET', () => {
  const visit = (which: IpSet, change: string, test: string) =>
    scene({
      ip: table('filter', [`-A FORWARD -j SET ${change}`, `-A FORWARD -m set --match-set s ${test} -j DROP`]),
      ipsets: [which],
    })

  it('what it adds, later rules find, and later packets', () => {
    const host = visit(set('hash:ip,port'), '--add-set s src,dst --exist --timeout 60', 'src,dst')
    expect(rulesOf(host.visit('forward', SYN, THROUGH, true))).toEqual([
      'filter/FORWARD continue',
      'filter/FORWARD drop',
    ])
    expect(host.visit('forward', udp('10.0.0.1 1', '10.0.0.2 80'), THROUGH).verdict).toBe('drop')
  })

  it('what it takes out, they do not find', () => {
    expect(visit(set('hash:ip', ['10.0.0.1']), '--del-set s src', 'src').visit('forward', SYN, THROUGH).verdict).toBe(
      'accept',
    )
  })

  it('networks and full sets cannot be told', () => {
    const networks = visit(set('hash:net', ['10.9.0.0/16']), '--add-set s src', 'src').visit('forward', SYN, THROUGH)
    expect(networks.verdict).toBe('cannot-tell')
    const full = visit(set('hash:ip', ['10.9.0.1'], 'family inet maxelem 1'), '--add-set s src', 'src')
    expect(full.visit('forward', SYN, THROUGH).verdict).toBe('cannot-tell')
  })

  it('a set of the other IP version stays as it is', () => {
    const host = visit(set('hash:ip', [], 'family inet6'), '--add-set s src', 'src')
    expect(host.visit('forward', SYN, THROUGH).verdict).toBe('accept')
  })
})

describe('-j CT --zone', () => {
  const rules = `${table('raw', ['-A PREROUTING -i eth1 -j CT --zone 7'])}${table('nat', [
    '-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:8080',
  ])}`

  it('keeps connections of the same ends apart', () => {
    const host = scene({ ip: rules })
    for (const inDevice of ['eth0', 'eth1']) {
      const { skb } = host.visit('prerouting', SYN, { inDevice })
      expect(endsOf(skb.packet)).toBe('10.0.0.1 40000 > 172.17.0.2 8080')
      expect(trackingOf(host.visit('postrouting', skb, { inDevice, outDevice: 'docker0' }))).toEqual(['new confirm'])
    }
    const answer = tcp('172.17.0.2 8080', '10.0.0.1 40000', ['syn', 'ack'])
    const other = host.visit('prerouting', answer, { inDevice: 'eth1' })
    expect(stepsOf(other, 'conntrack').map(({ state }) => state)).toContain('established')
  })

  it('an answer outside of the zone is not one to a connection in it', () => {
    const host = scene({ ip: rules })
    const { skb } = host.visit('prerouting', SYN, { inDevice: 'eth1' })
    host.visit('postrouting', skb, { inDevice: 'eth1', outDevice: 'docker0' })
    expect(trackingOf(host.visit('prerouting', answerTo(skb.packet), { inDevice: 'docker0' }))).toEqual([
      'invalid lookup',
    ])
  })

  it('finds the entries that a snapshot has of the zone', () => {
    const tuple = { src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 40000, destinationPort: 80 }
    const back = { src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 80, destinationPort: 40000 }
    const shared = { family: 4, protocol: 'tcp', timeoutSeconds: 9, state: 'ESTABLISHED', mark: 0 } as const
    const conntrack = [{ ...shared, original: tuple, reply: back, flags: ['ASSURED'], zone: 7 }]
    const seen = (inDevice: string) =>
      trackingOf(scene({ ip: rules, conntrack }).visit('prerouting', SYN, { inDevice }))[0]
    expect(seen('eth1')).toBe('established lookup')
    expect(seen('eth0')).toBe('new create')
  })
})

describe('-j TPROXY', () => {
  const rule = '-A PREROUTING -p tcp -j TPROXY --on-port 3129 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1'
  const socket = {
    protocol: 'tcp',
    family: 4,
    address: '0.0.0.0',
    port: 3129,
    device: null,
    ipv6Only: false,
    process: null,
    proxyTo: null,
  } as const
  const verdict = (sockets: readonly (typeof socket)[]): string =>
    scene({ ip: table('mangle', [rule]), sockets, addresses: { eth0: '198.51.100.1' } }).visit('prerouting', SYN, {
      inDevice: 'eth0',
    }).verdict

  it('drops where nothing listens; whether a socket is transparent cannot be told', () => {
    expect(verdict([])).toBe('drop')
    expect(verdict([socket])).toBe('cannot-tell')
  })
})

describe('-j CONNMARK', () => {
  it.each([
    ['--set-xmark 0xf0/0xff --left-shift-mark 8', 0, 0xf000],
    ['--save-mark --nfmask 0xff --ctmask 0xff00 --left-shift-mark 8', 0x12, 0x1200],
    ['--save-mark --nfmask 0xff --ctmask 0xffff', 0x1234, 0x34],
  ])('%s: mark %i gives the connection %i', (options, mark, expected) => {
    const rules = table('mangle', [`-A PREROUTING -j CONNMARK ${options}`])
    const { skb } = scene({ ip: rules }).visit(
      'prerouting',
      { packet: SYN, mark, conntrack: null },
      { inDevice: 'eth0' },
    )
    expect(skb.conntrack?.connection?.mark).toBe(expected)
  })

  it('--restore-mark --right-shift-mark 8 takes the upper byte down', () => {
    const rules = table('mangle', [
      '-A PREROUTING -j CONNMARK --set-xmark 0x1234/0xffffffff',
      '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff00 --right-shift-mark 8',
    ])
    const { skb } = scene({ ip: rules }).visit('prerouting', { packet: SYN, mark: 0x5500, conntrack: null })
    expect(skb.mark).toBe(0x5512)
  })
})
