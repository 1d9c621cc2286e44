import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Compared, compareRules, differences, openConditions } from './compare-rules.ts'
import { type NftHost, startNftHost } from './nft-host.ts'
import { type Ask, places, QUIET } from './plain-asks.ts'

/** The rules are those of real namespaces, which only root can make. */
const reason = process.getuid?.() === 0 ? undefined : 'it makes network namespaces, for which it must be root'

let nextPort = 45000

/** Asked at every hook, of every packet. */
const CONDITIONS: readonly string[] = [
  '-p tcp',
  '! -p icmp',
  '-s 172.30.1.0/24',
  '! -d 172.30.2.11/32',
  '-s 172.30.1.11/255.255.0.255',
  '-f',
  '! -f',
  '-p tcp -m tcp --sport 1:1024',
  '-p udp -m udp ! --dport 80:81',
  '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN',
  '-p tcp -m tcp ! --tcp-flags SYN,ACK SYN,ACK',
  '-p icmp -m icmp --icmp-type 8',
  '-p icmp -m icmp --icmp-type 3/3',
  '-p icmp -m icmp ! --icmp-type 0',
  '-p tcp -m multiport --dports 22,80,82',
  '-p udp -m multiport ! --ports 80',
  '-m conntrack --ctstate NEW',
  '-m conntrack --ctstate RELATED,ESTABLISHED',
  '-m conntrack --ctstate INVALID,UNTRACKED',
  '-m conntrack --ctstatus SEEN_REPLY',
  '-m conntrack ! --ctstatus CONFIRMED',
  '-m conntrack --ctdir REPLY',
  '-m conntrack --ctorigsrc 172.30.1.0/24 --ctorigdstport 80',
  '-m conntrack --ctproto 17',
  '-m state --state NEW',
  '-m addrtype --dst-type LOCAL',
  '-m addrtype ! --src-type LOCAL',
  '-m addrtype --dst-type UNICAST --src-type UNICAST',
  '-m mark --mark 0x0/0xff',
  '-m connmark ! --mark 0x1',
  '-m iprange --src-range 172.30.1.5-172.30.1.11',
  '-m iprange ! --dst-range 172.30.2.0-172.30.2.255',
  '-m pkttype --pkt-type unicast',
  '-m pkttype ! --pkt-type broadcast',
  '-m ttl --ttl-eq 64',
  '-m ttl --ttl-lt 64',
  '-m length --length 40:60',
  '-m length ! --length 84',
  '-m comment --comment "says nothing"',
]

/** Asked where the kernel takes them. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  mangle: [
    '-A PREROUTING -i ref-brA',
    '-A PREROUTING ! -i ref+',
    '-A FORWARD -o ref-brB',
    '-A FORWARD ! -o ref-brA -i ref-br+',
    '-A FORWARD -m physdev --physdev-is-bridged',
    '-A FORWARD -m physdev ! --physdev-is-bridged',
    '-A FORWARD -m physdev --physdev-in v-a1',
    '-A FORWARD -m physdev --physdev-is-out --physdev-out v-a+',
    '-A FORWARD -m mac ! --mac-source 02:00:00:00:00:01',
    '-A PREROUTING -m mac --mac-source 02:00:00:00:00:01',
    '-A PREROUTING -m addrtype --dst-type LOCAL --limit-iface-in',
    '-A POSTROUTING -m addrtype --src-type LOCAL --limit-iface-out',
  ],
}

const everybody: readonly Ask[] = [
  { from: 'a1', to: 'b1', kind: 'icmp' },
  { from: 'a1', to: 'b1', kind: 'tcp-syn', port: 80 },
  { from: 'a1', to: 'b1', kind: 'udp', port: 81 },
  { from: 'a1', to: 'a2', kind: 'tcp-syn', port: 80 },
  { from: 'a1', to: 'a2', kind: 'udp', port: 80 },
  { from: 'a2', to: 'host', kind: 'tcp-syn', port: 82 },
  { from: 'outside', to: 'host', kind: 'icmp' },
  { from: 'outside', to: 'b1', kind: 'udp', port: 80 },
  { from: 'host', to: 'a1', kind: 'udp', port: 81 },
  { from: 'host', to: 'b1', kind: 'tcp-syn', port: 80 },
]

describe(`plain conditions and targets of iptables${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  if (reason !== undefined) return it.skip(reason, () => undefined)
  let host: NftHost

  beforeAll(async () => {
    host = await startNftHost()
    for (const place of places) await host.at(place, ['nft', QUIET])
  })
  afterAll(() => host?.stop())

  async function compareAll(tables: Readonly<Record<string, readonly string[]>>, asks: readonly Ask[]) {
    await host.load(QUIET)
    const text = Object.entries(tables).flatMap(([name, rules]) => [`*${name}`, ...rules, 'COMMIT'])
    await host.at('host', ['iptables-nft-restore'], `${text.join('\n')}\n`)
    const state = await host.read()
    const all: Compared[] = []
    for (const ask of asks) {
      nextPort += 1
      all.push(await compareRules(host, state, ask, nextPort))
    }
    return { differences: differences(all), open: openConditions(all) }
  }

  it('each condition holds at each hook where the kernel says so', async () => {
    const at = (hooks: readonly string[]) => hooks.flatMap((hook) => CONDITIONS.map((each) => `-A ${hook} ${each}`))
    const mangle = [...at(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']), ...(ELSEWHERE['mangle'] ?? [])]
    // What MAC a machine outside has is not known.
    const open = ['-m mac ! --mac-source 02:00:00:00:00:01', '-m mac --mac-source 02:00:00:00:00:01']
    expect(await compareAll({ mangle }, everybody)).toEqual({ differences: [], open })
  })

  it('verdicts, chains and refusals', async () => {
    const refusals = ['icmp-net-unreachable', 'icmp-host-unreachable', 'icmp-proto-unreachable', 'icmp-net-prohibited']
    const more = ['icmp-host-prohibited', 'icmp-admin-prohibited', 'icmp-port-unreachable']
    const kinds = [...refusals, ...more]
    const filter = [
      ':INPUT ACCEPT [0:0]',
      ':FORWARD DROP [0:0]',
      ':one - [0:0]',
      ':two - [0:0]',
      '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A FORWARD -p icmp -g one',
      '-A FORWARD -j two',
      '-A FORWARD -p tcp -j ACCEPT',
      '-A one -i ref-brA -j ACCEPT',
      '-A two -p udp --dport 80 -j ACCEPT',
      '-A two -p tcp --dport 90 -j REJECT --reject-with tcp-reset',
      '-A two -p tcp --dport 80 -j RETURN',
      '-A two -p tcp --dport 81 -j DROP',
      '-A two -j LOG --log-prefix "x "',
      '-A two -j NFLOG --nflog-group 5',
      '-A INPUT -p tcp --dport 90 -j REJECT --reject-with tcp-reset',
      ...kinds.map((kind, index) => `-A INPUT -p udp --dport ${200 + index} -j REJECT --reject-with ${kind}`),
    ]
    const asks: readonly Ask[] = [
      ...kinds.map((_, index): Ask => ({ from: 'outside', to: 'host', kind: 'udp', port: 200 + index })),
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 90 },
      { from: 'a1', to: 'b1', kind: 'icmp' },
      { from: 'b1', to: 'a1', kind: 'icmp' },
      ...[80, 81, 90].flatMap((port): Ask[] => [
        { from: 'a1', to: 'b1', kind: 'tcp-syn', port },
        { from: 'a1', to: 'a2', kind: 'udp', port },
      ]),
    ]
    expect(await compareAll({ filter }, asks)).toEqual({ differences: [], open: [] })
  })

  it('what changes the packet or its marks', async () => {
    const seen = ['-m mark --mark 0x5', '-m mark --mark 0xf5', '-m mark --mark 0x15', '-m mark --mark 0x10/0x10']
    const mangle = [
      '-A PREROUTING -p icmp -j MARK --set-mark 0x5',
      '-A PREROUTING -p udp -j MARK --set-xmark 0xf0/0xff',
      '-A PREROUTING -p udp -j MARK --or-mark 0x5',
      '-A PREROUTING -p tcp -j MARK --set-mark 0xff',
      '-A PREROUTING -p tcp -j MARK --and-mark 0x15',
      '-A PREROUTING -p tcp -j MARK --xor-mark 0x100',
      '-A PREROUTING -m conntrack --ctstate NEW -j CONNMARK --save-mark',
      '-A PREROUTING -i ref-brB -j CONNMARK --restore-mark --mask 0xf0',
      '-A PREROUTING -i ref-brA -p icmp -j TTL --ttl-set 9',
      '-A PREROUTING -i ref-brA -p udp -j TTL --ttl-inc 3',
      '-A PREROUTING -i up0 -j TTL --ttl-dec 5',
      '-A PREROUTING -p udp -j TOS --set-tos 0x10/0x3f',
      '-A PREROUTING -p tcp -j DSCP --set-dscp 0x2e',
      '-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
      '-A POSTROUTING -p udp -j CHECKSUM --checksum-fill',
      '-A POSTROUTING -j CLASSIFY --set-class 1:2',
      ...['FORWARD', 'POSTROUTING'].flatMap((hook) => [
        ...seen.map((each) => `-A ${hook} ${each}`),
        ...['0x5', '0xf5', '0x115'].map((each) => `-A ${hook} -m connmark --mark ${each}`),
        ...[3, 4, 8, 9, 58, 59, 63, 66].map((ttl) => `-A ${hook} -m ttl --ttl-eq ${ttl}`),
        `-A ${hook} -m tos --tos 0x10/0xff`,
        `-A ${hook} -m dscp --dscp 0x2e`,
      ]),
    ]
    const raw = ['-A PREROUTING -p tcp --dport 81 -j CT --notrack', '-A PREROUTING -p tcp --sport 81 -j NOTRACK']
    const filter = ['-A FORWARD -m conntrack --ctstate UNTRACKED', '-A FORWARD -m conntrack --ctstate NEW']
    const asks: readonly Ask[] = [
      ...everybody.filter(({ to }) => to !== 'host'),
      { from: 'a1', to: 'b1', kind: 'tcp-syn', port: 81 },
      { from: 'a1', to: 'b1', kind: 'udp', port: 80 },
      { from: 'b1', to: 'a1', kind: 'udp', port: 80 },
    ]
    expect(await compareAll({ raw, mangle, filter }, asks)).toEqual({ differences: [], open: [] })
  })

  it('NAT of every kind', async () => {
    const nat = [
      '-A PREROUTING -i up0 -p tcp --dport 1000 -j DNAT --to-destination 172.30.1.11:80',
      '-A PREROUTING -i up0 -p udp --dport 1001 -j DNAT --to-destination 172.30.2.11:80',
      '-A PREROUTING -i up0 -p tcp --dport 1002 -j REDIRECT --to-ports 80',
      '-A PREROUTING -i up0 -p udp --dport 1003 -j DNAT --to-destination :80',
      '-A PREROUTING -i ref-brA -d 10.99.2.0/24 -j NETMAP --to 172.30.2.0/24',
      '-A OUTPUT -d 10.99.1.11 -p tcp -j DNAT --to-destination 172.30.1.11 --random',
      '-A POSTROUTING -o up0 -p tcp -j MASQUERADE --to-ports 30000-30999',
      '-A POSTROUTING -o up0 -p udp -j MASQUERADE --random-fully',
      '-A POSTROUTING -o up0 -p icmp -j SNAT --to-source 10.77.0.1',
      '-A POSTROUTING -o ref-brB -p tcp -j SNAT --to-source :5353',
    ]
    const filter = ['172.30.1.11', '172.30.2.11', '10.77.0.1'].flatMap((each) => [
      `-A FORWARD -d ${each}`,
      `-A INPUT -d ${each}`,
    ])
    const asks: readonly Ask[] = [
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 1000 },
      { from: 'outside', to: 'host', kind: 'udp', port: 1001 },
      { from: 'outside', to: 'host', kind: 'tcp-syn', port: 1002 },
      { from: 'outside', to: 'host', kind: 'udp', port: 1003 },
      { from: 'a1', to: '10.99.2.11', kind: 'icmp' },
      { from: 'host', to: '10.99.1.11', kind: 'tcp-syn', port: 80 },
      { from: 'a1', to: 'outside', kind: 'tcp-syn', port: 80 },
      { from: 'a1', to: 'outside', kind: 'udp', port: 80 },
      { from: 'b1', to: 'outside', kind: 'icmp' },
      { from: 'a1', to: 'b1', kind: 'tcp-syn', port: 80 },
    ]
    expect(await compareAll({ nat, filter }, asks)).toEqual({ differences: [], open: [] })
  })
})
