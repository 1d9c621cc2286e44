import { it } from 'vitest'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { net, on, type Setup } from './support/plan.ts'

const OUT = '203.0.113.80'
const I1 = '172.30.3.11'
const mode = (name: string): string[] => ['-o', `com.docker.network.bridge.gateway_mode_ipv4=${name}`]
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-i', 'ref-brI', 3, '--internal'),
    ...(generation === '28'
      ? [
          net('ref-r', 'ref-brR', 7, ...mode('routed')),
          net('ref-u', 'ref-brU', 8, ...mode('nat-unprotected')),
          net('ref-s', 'ref-brS', 9, '--internal', ...mode('isolated')),
        ]
      : []),
  ],
  containers: [
    on('ref-a', 'a1', '172.30.1.11'),
    on('ref-i', 'i1', I1),
    on('ref-i', 'i2', '172.30.3.12', { tcp: [80] }),
    ...(generation === '28'
      ? [
          on('ref-r', 'r1', '172.30.7.11', { args: ['-p', '80'], tcp: [80, 81] }),
          on('ref-u', 'u1', '172.30.8.11', { tcp: [81] }),
          on('ref-s', 's1', '172.30.9.11'),
        ]
      : []),
  ],
})

describeLive('E: internal networks and gateway modes', setup, (stage, generation) => {
  const old = generation === '20'
  const nic = (): string => stage().engine.address
  const noRoute = { outcome: 'error ENETUNREACH', disposition: 'no-route', noRules: [/./], noFrames: [/./] } as const
  const on28 = old ? ' (skipped: 20.10 has no gateway modes)' : ''

  it('E1 [O t9] i1 to i2: accepted', async () => {
    const seen = await stage().ask('i1', '172.30.3.12', { tcp: 80 })
    agree(seen, { outcome: 'reply', rules: [/-i ref-brI -o ref-brI -j ACCEPT/] })
  })

  it('E2 [O t9, v9] i1 to outside: 20.10 drops in STAGE-1; 28 has no route, and nothing is sent', async () => {
    const seen = await stage().ask('i1', OUT)
    if (old)
      agree(seen, {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/STAGE-1 ! -d 172.30.3.0\/24 -i ref-brI -j DROP/],
      })
    else agree(seen, noRoute)
  })

  it('E3 [O t9, v9] i1 to the uplink address of the host: answered by 20.10, no route on 28', async () => {
    agree(await stage().ask('i1', nic()), old ? { outcome: 'reply', noRules: [/FORWARD/] } : noRoute)
  })

  it('E4 [O t9, v9] i1 to its own gateway: answered', async () => {
    agree(await stage().ask('i1', '172.30.3.1'), { outcome: 'reply', disposition: 'delivered' })
  })

  it('E5 [K] the host to i1: OUTPUT is not filtered', async () => {
    agree(await stage().ask('host', I1), { outcome: 'reply', disposition: 'delivered', noRules: [/FORWARD/] })
  })

  it('E6 [O dumps] another bridge to i1: dropped by the filter, not in raw', async () => {
    agree(await stage().ask('a1', I1), {
      outcome: 'silence',
      disposition: 'dropped',
      rules: [/STAGE-1 ! -s 172.30.3.0\/24 -o ref-brI -j DROP/],
      noRules: [/ raw /],
    })
  })

  it.skipIf(old)(`E8 [O dumps] routed: from outside the published port and ICMP, without NAT${on28}`, async () => {
    agree(await stage().ask('client', '172.30.7.11', { tcp: 80 }), {
      outcome: 'reply',
      frames: [/container:r1 eth0 in tcp 198.51.100.201:\d+ > 172.30.7.11:80 ttl 63/],
      noRules: [/DNAT/, /MASQUERADE/],
    })
    agree(await stage().ask('client', '172.30.7.11'), { outcome: 'reply' })
    agree(await stage().ask('client', '172.30.7.11', { tcp: 81 }), { outcome: 'silence', disposition: 'dropped' })
  })

  it.skipIf(old)(`E9 [O dumps] routed: to outside with the container's own address${on28}`, async () => {
    agree(await stage().ask('r1', OUT, { answering: [] }), {
      outcome: 'silence',
      disposition: 'leaves-host',
      frames: [/host ens5 out icmp 172.30.7.11 > 203.0.113.80/],
    })
  })

  it.skipIf(old)(`E10 [O dumps] nat-unprotected: every port from outside${on28}`, async () => {
    agree(await stage().ask('client', '172.30.8.11', { tcp: 81 }), {
      outcome: 'reply',
      rules: [/DOCKER ! -i ref-brU -o ref-brU -j ACCEPT/],
    })
  })

  it.skipIf(old)(
    `E11 [S bridge_linux.go:696] isolated: the bridge has no address, the host and s1 do not reach each other${on28}`,
    async () => {
      agree(await stage().ask('host', '172.30.9.11', { answering: [] }), {
        outcome: 'silence',
        noFrames: [/ref-brS/, /container:s1/],
      })
      agree(await stage().ask('s1', '172.30.9.1'), {
        outcome: 'unreachable 3/1 from 172.30.9.11',
        disposition: 'neighbor-unreachable',
        noFrames: [/^host/],
      })
    },
  )
})
