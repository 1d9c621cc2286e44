/**
 * The rules that Docker 29 writes for the networks ref-a (172.30.1.0/24: a1 .11, a2 .12), ref-b (172.30.2.0/24: b1 .11 with
 * 18080:80), ref-i (172.30.3.0/24, internal: i1 .11) and ref-n (172.30.6.0/24, icc=false: n1 .11, n2 .12), as observed on
 * a daemon of its 29 branch.
 */
const PLACES = [
  ['172.30.1.11', 'ref-brA'],
  ['172.30.1.12', 'ref-brA'],
  ['172.30.2.11', 'ref-brB'],
  ['172.30.6.11', 'ref-brN'],
  ['172.30.6.12', 'ref-brN'],
] as const
const OPEN = ['ref-brA', 'ref-brB', 'ref-brN'] as const
const SUBNETS = [
  ['172.30.1.0/24', 'ref-brA'],
  ['172.30.2.0/24', 'ref-brB'],
  ['172.30.6.0/24', 'ref-brN'],
] as const

/** The iptables backend, for iptables-restore. Without docker-proxy the DNAT rule takes packets of its own bridge as well. */
export function iptables29(userlandProxy: boolean): string {
  const chains = ['DOCKER', 'DOCKER-BRIDGE', 'DOCKER-CT', 'DOCKER-FORWARD', 'DOCKER-INTERNAL', 'DOCKER-USER']
  const own = userlandProxy ? ' ! -i ref-brB' : ''
  const filter = [
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-FORWARD',
    '-A DOCKER -d 172.30.2.11/32 ! -i ref-brB -o ref-brB -p tcp -m tcp --dport 80 -j ACCEPT',
    ...OPEN.map((bridge) => `-A DOCKER ! -i ${bridge} -o ${bridge} -j DROP`),
    ...OPEN.map((bridge) => `-A DOCKER-BRIDGE -o ${bridge} -j DOCKER`),
    ...OPEN.map((bridge) => `-A DOCKER-CT -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`),
    '-A DOCKER-FORWARD -j DOCKER-CT',
    '-A DOCKER-FORWARD -j DOCKER-INTERNAL',
    '-A DOCKER-FORWARD -j DOCKER-BRIDGE',
    '-A DOCKER-FORWARD -i ref-brA -j ACCEPT',
    '-A DOCKER-FORWARD -i ref-brB -j ACCEPT',
    '-A DOCKER-FORWARD -i ref-brI -o ref-brI -j ACCEPT',
    '-A DOCKER-FORWARD -i ref-brN -o ref-brN -j DROP',
    '-A DOCKER-FORWARD -i ref-brN ! -o ref-brN -j ACCEPT',
    '-A DOCKER-INTERNAL ! -s 172.30.3.0/24 -o ref-brI -j DROP',
    '-A DOCKER-INTERNAL ! -d 172.30.3.0/24 -i ref-brI -j DROP',
  ]
  const nat = [
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    `-A OUTPUT${userlandProxy ? ' ! -d 127.0.0.0/8' : ''} -m addrtype --dst-type LOCAL -j DOCKER`,
    ...SUBNETS.map(([subnet, bridge]) => `-A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE`),
    `-A DOCKER${own} -p tcp -m tcp --dport 18080 -j DNAT --to-destination 172.30.2.11:80`,
  ]
  const raw = PLACES.map(([address, bridge]) => `-A PREROUTING -d ${address}/32 ! -i ${bridge} -j DROP`)
  return [
    table('raw', ['PREROUTING', 'OUTPUT'], [], raw),
    table('filter', ['INPUT', 'FORWARD', 'OUTPUT'], chains, filter),
    table('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], ['DOCKER'], nat),
  ].join('')
}

/** Tables without rules, which take Docker's away. */
export const NO_IPTABLES = [
  table('raw', ['PREROUTING', 'OUTPUT'], [], []),
  table('filter', ['INPUT', 'FORWARD', 'OUTPUT'], [], []),
  table('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], [], []),
].join('')

function table(name: string, builtin: readonly string[], own: readonly string[], rules: readonly string[]): string {
  const heads = [...builtin.map((chain) => `:${chain} ACCEPT [0:0]`), ...own.map((chain) => `:${chain} - [0:0]`)]
  return [`*${name}`, ...heads, ...rules, 'COMMIT', ''].join('\n')
}

/** The nftables backend, for `nft -f`. */
export const NFTABLES_29 = `table ip docker-bridges {
  map filter-forward-in-jumps { type ifname : verdict; elements = { ${jumps('filter-forward-in')} } }
  map filter-forward-out-jumps { type ifname : verdict; elements = { ${jumps('filter-forward-out')} } }
  map nat-postrouting-out-jumps { type ifname : verdict; elements = { ${jumps('nat-postrouting-out')} } }
  chain filter-FORWARD {
    type filter hook forward priority filter; policy accept;
    oifname vmap @filter-forward-in-jumps
    iifname vmap @filter-forward-out-jumps
  }
  chain nat-OUTPUT {
    type nat hook output priority -100; policy accept;
    ip daddr != 127.0.0.0/8 fib daddr type local counter jump nat-prerouting-and-output
  }
  chain nat-POSTROUTING {
    type nat hook postrouting priority srcnat; policy accept;
    iifname vmap @nat-postrouting-out-jumps
  }
  chain nat-PREROUTING {
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local counter jump nat-prerouting-and-output
  }
  chain nat-prerouting-and-output {
    iifname != "ref-brB" tcp dport 18080 counter dnat to 172.30.2.11:80 comment "DNAT"
  }
  chain raw-PREROUTING {
    type filter hook prerouting priority raw; policy accept;
    ${PLACES.map(([address, bridge]) => `ip daddr ${address} iifname != "${bridge}" counter drop comment "DROP DIRECT ACCESS"`).join('\n    ')}
  }
${[...SUBNETS, ['172.30.3.0/24', 'ref-brI'] as const].map(([subnet, bridge]) => bridgeChains(subnet, bridge)).join('')}}
`

function jumps(chain: string): string {
  return [...OPEN, 'ref-brI'].map((bridge) => `"${bridge}" : jump ${chain}__${bridge}`).join(', ')
}

function bridgeChains(subnet: string, bridge: string): string {
  const internal = bridge === 'ref-brI'
  const icc = bridge === 'ref-brN' ? 'drop' : 'accept'
  const into = internal
    ? [`iifname != "${bridge}" counter drop comment "INTERNAL NETWORK INGRESS"`, 'counter accept comment "ICC"']
    : [
        `iifname "${bridge}" counter ${icc} comment "ICC"`,
        ...(bridge === 'ref-brB' ? ['ip daddr 172.30.2.11 tcp dport 80 counter accept'] : []),
        'counter drop comment "UNPUBLISHED PORT DROP"',
      ]
  const out = internal
    ? `oifname != "${bridge}" counter drop comment "INTERNAL NETWORK EGRESS"`
    : 'counter accept comment "OUTGOING"'
  const known = 'ct state established,related counter accept'
  const masquerade = internal ? '' : `oifname != "${bridge}" ip saddr ${subnet} counter masquerade comment "MASQUERADE"`
  return `  chain filter-forward-in__${bridge} {
    ${[known, ...into].join('\n    ')}
  }
  chain filter-forward-out__${bridge} {
    ${[known, out].join('\n    ')}
  }
  chain nat-postrouting-out__${bridge} {
    ${masquerade}
  }
`
}
