import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBridgeFdb, parseBridgeLink } from '../../../src/core/parse/bridge-link.ts'
import { parseConntrack } from '../../../src/core/parse/conntrack.ts'
import { parseContainers } from '../../../src/core/parse/docker-containers.ts'
import { parseNetworks } from '../../../src/core/parse/docker-networks.ts'
import { splitFrames } from '../../../src/core/parse/frames.ts'
import { parseIpAddr } from '../../../src/core/parse/ip-addr.ts'
import { parseIpNeigh } from '../../../src/core/parse/ip-neigh.ts'
import { parseIpRoute } from '../../../src/core/parse/ip-route.ts'
import { parseIpRule } from '../../../src/core/parse/ip-rule.ts'
import { parseIpsets } from '../../../src/core/parse/ipset.ts'
import { parseIptablesSave } from '../../../src/core/parse/iptables-save.ts'
import { locateJson } from '../../../src/core/parse/locate-json.ts'
import { parseNameAnswer } from '../../../src/core/parse/name-answer.ts'
import { parseNftRuleset } from '../../../src/core/parse/nft-ruleset.ts'
import type { ParseProblem } from '../../../src/core/parse/problem.ts'
import { parseRuleState } from '../../../src/core/parse/rule-state.ts'
import { parseSockets } from '../../../src/core/parse/sockets.ts'
import { parseSysctls } from '../../../src/core/parse/sysctls.ts'
import { parseEnd } from '../../../src/core/tracer/parse-end.ts'
import { textLike } from './text-like.ts'

const runs = Number(process.env['FUZZ_RUNS'] ?? 400)
const asked = { namespace: 'n', name: 'x', server: '1.1.1.1' }

type Parse = (text: string) => { readonly problems: readonly ParseProblem[] }

/** Each parser of text, with what its tool prints: lines of it are cut, mixed and spoiled. */
const parsers: Readonly<Record<string, readonly [Parse, string]>> = {
  'iptables-save': [
    (text) => parseIptablesSave(text, { family: 'ip', backend: 'nft' }),
    '*nat\n:PREROUTING ACCEPT [0:0]\n:X - [0:0]\n-A PREROUTING ! -i br+ -p tcp -m tcp --dport 1:9 -m comment --comment "a b" -j DNAT --to-destination 10.0.0.1:80\n-A X -m set --match-set s src,dst -m mark --mark 0x1/0xff -m multiport --dports 1,2:3 -g X\n-A X -m conntrack ! --ctstate NEW,INVALID -j REJECT --reject-with tcp-reset\nCOMMIT\n# end',
  ],
  'ip6tables-save': [
    (text) => parseIptablesSave(text, { family: 'ip6', backend: 'legacy' }),
    '*filter\n:INPUT DROP [1:2]\n[3:4] -A INPUT -s fd00::/8 -p ipv6-icmp -m icmp6 --icmpv6-type 128/0 -j ACCEPT\nCOMMIT',
  ],
  conntrack: [
    parseConntrack,
    'ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [ASSURED] mark=0 use=1\nipv4     2 icmp     1 29 src=1.1.1.1 dst=2.2.2.2 type=8 code=0 id=7 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 type=0 code=0 id=7 mark=0 zone=3 use=1',
  ],
  sockets: [
    (text) => parseSockets(text, new Map([[1, ['docker-proxy', '-container-ip', '1.1.1.1', '-container-port', '80']]])),
    'tcp LISTEN 0 4096 0.0.0.0:80 0.0.0.0:* users:(("docker-proxy",pid=1,fd=4)) cgroup:/x\nudp UNCONN 0 0 [::]%eth0:53 [::]:* v6only:1',
  ],
  sysctls: [parseSysctls, '/proc/sys/net/ipv4/ip_forward:1\n/proc/sys/net/ipv4/conf/eth0:1/rp_filter:2'],
  ipset: [parseIpsets, 'create s hash:ip family inet hashsize 1024\nadd s 10.0.0.1 timeout 5'],
  'rule-state': [
    parseRuleState,
    '= xt_recent/a\nsrc=10.0.0.1 ttl: 64 last_seen: 5 oldest_pkt: 2 4, 5\n= ipt_hashlimit/h\n59 10.0.0.1:0->0.0.0.0:99 5 9 1\n= ip_vs\nTCP  0A000001:0050 rr\n= xfrm\n SPD IN  0 OUT 0 FWD 0',
  ],
  'ip -j addr': [
    parseIpAddr,
    '[{"ifindex":1,"ifname":"lo","flags":["UP"],"mtu":1500,"operstate":"UP","link_type":"ether","address":"02:00:00:00:00:01","linkinfo":{"info_kind":"veth"},"addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":8,"scope":"global"}]}]',
  ],
  'ip -j route': [
    (text) => parseIpRoute(text, 4, text),
    '[{"type":"unicast","dst":"default","gateway":"10.0.0.1","dev":"eth0","nhid":1,"id":1,"table":"main","flags":["linkdown"],"nexthops":[{"via":{"host":"10.0.0.2"},"dev":"a","weight":1}],"metrics":[{"mtu":1400}]}]',
  ],
  'ip -j rule': [
    (text) => parseIpRule(text, 6),
    '[{"priority":0,"src":"all","table":"local"},{"priority":5,"not":null,"src":"10.0.0.0","srclen":8,"fwmark":"0x1","fwmask":"0xff","action":"goto"}]',
  ],
  'ip -j neigh': [parseIpNeigh, '[{"dst":"10.0.0.1","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["STALE"]}]'],
  'bridge -j link': [parseBridgeLink, '[{"ifname":"v","state":"forwarding","master":"br0","hairpin":true}]'],
  'bridge -j fdb': [parseBridgeFdb, '[{"mac":"02:00:00:00:00:01","ifname":"v","master":"br0","flags":["self"]}]'],
  'nft -j list ruleset': [
    (text) => parseNftRuleset(text, 'table ip t {\n\tchain c {\n\t\taccept\n\t}\n}'),
    '{"nftables":[{"metainfo":{}},{"table":{"family":"ip","name":"t","handle":1}},{"set":{"family":"ip","table":"t","name":"s","elem":["1.1.1.1",{"range":["a","b"]}]}},{"chain":{"family":"ip","table":"t","name":"c","handle":2,"type":"nat","hook":"output","prio":-100,"policy":"accept"}},{"rule":{"family":"ip","table":"t","chain":"c","handle":3,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"daddr"}},"right":{"prefix":{"addr":"10.0.0.0","len":8}}}},{"vmap":{"key":{"meta":{"key":"iifname"}},"data":{"set":[["a",{"jump":{"target":"c"}}]]}}},{"dnat":{"addr":"1.1.1.1","port":80}}]}}]}',
  ],
  'nft list ruleset': [(text) => parseNftRuleset('{"nftables":[]}', text), 'table ip t { # handle 1\n\tchain c {\n'],
}

describe.each(Object.entries(parsers))('%s', (_name, [parse, sample]) => {
  it('reads its sample', () => {
    expect(parse(sample).problems).toEqual([])
  })

  it('answers any text with a value or with problems that say something', () => {
    const lines = sample.split('\n').length
    const property = fc.property(textLike(sample), (text) => {
      const { problems } = parse(text)
      for (const problem of problems) expectPlaced(problem, text)
    })
    fc.assert(property, { numRuns: runs * Math.min(4, lines) })
  })
})

function expectPlaced(problem: ParseProblem, text: string): void {
  expect(problem.message).not.toBe('')
  const { line } = problem
  if (line === undefined) return
  expect(line).toBeGreaterThanOrEqual(1)
  expect(line).toBeLessThanOrEqual(text.split('\n').length)
}

it('frames: any bytes', () => {
  const head = [...new TextEncoder().encode('@@ 1 ip 0 6 0\n')]
  const body = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0x80, max: 255 })), {
    minLength: 6,
    maxLength: 8,
  })
  const framed = fc
    .tuple(body, fc.nat(20))
    .map(([bytes, cut]) => Uint8Array.from([...head, ...bytes, 10, 10].slice(cut % 3 === 0 ? cut : 0)))
  fc.assert(
    fc.property(fc.oneof(framed, fc.uint8Array({ maxLength: 100 })), (bytes) => {
      for (const { message, path } of splitFrames(bytes).problems) expect(`${message} ${path}`).toMatch(/byte \d+/)
    }),
    { numRuns: runs * 4 },
  )
})

it('what Docker answers: any JSON', () => {
  const facts = () => ({ namespace: null, resolvConf: null, hosts: null })
  const known = [
    'Id',
    'Name',
    'State',
    'NetworkSettings',
    'Networks',
    'Ports',
    'IPAM',
    'Config',
    'HostConfig',
    'Labels',
  ]
  const json = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(...known),
      fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...known), fc.jsonValue())),
    ),
  )
  fc.assert(
    fc.property(fc.array(json, { maxLength: 3 }), (values) => {
      expect(Array.isArray(parseContainers(values, facts as never).value)).toBe(true)
      expect(Array.isArray(parseNetworks(values).value)).toBe(true)
    }),
    { numRuns: runs },
  )
})

it('names, answers of name servers, ends of flows and positions in JSON: any text', () => {
  fc.assert(
    fc.property(textLike('Server:\t127.0.0.11\nName:\tx\nAddress: 10.0.0.1\n{"a": [1, "b\\u0041"]}'), (text) => {
      expect(parseNameAnswer(text, asked).name).toBe('x')
      expect(typeof parseEnd(text).kind).toBe('string')
      expect(locateJson(text)).toBeDefined()
    }),
    { numRuns: runs },
  )
})
