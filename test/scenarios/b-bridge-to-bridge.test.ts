import { it } from 'vitest'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { net, on, type Setup } from './support/plan.ts'

const B1 = '172.30.2.11'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-b', 'ref-brB', 2),
    net('ref-i', 'ref-brI', 3, '--internal'),
    net('ref-m', 'ref-brM', 5, '-o', 'com.docker.network.bridge.enable_ip_masquerade=false'),
    ...(generation === '28'
      ? [net('ref-r', 'ref-brR', 7, '-o', 'com.docker.network.bridge.gateway_mode_ipv4=routed')]
      : []),
  ],
  containers: [
    on('ref-a', 'a1', '172.30.1.11'),
    on('ref-a', 'a3', '172.30.1.13', { connect: [['--ip', '172.30.2.13', 'ref-b']] }),
    on('ref-b', 'b1', B1, { args: ['-p', '18080:80', '-p', '18053:53/udp'], tcp: [80], udp: [53] }),
    on('ref-i', 'i1', '172.30.3.11'),
    on('ref-m', 'm1', '172.30.5.11'),
    ...(generation === '28' ? [on('ref-r', 'r1', '172.30.7.11', { args: ['-p', '80'], tcp: [80, 81] })] : []),
  ],
})

describeLive('B: bridge to bridge', setup, (stage, generation) => {
  const old = generation === '20'
  const isolation = old
    ? /STAGE-2 -o ref-brB -j DROP/
    : /raw PREROUTING: -A PREROUTING -d 172.30.2.11\/32 ! -i ref-brB -j DROP/
  const isolated = {
    outcome: 'silence',
    disposition: 'dropped',
    rules: [isolation],
    noFrames: [/container:b1/],
  } as const
  const proxied = {
    outcome: 'reply',
    connection: 'reply',
    rules: [/DOCKER -i ref-brA -j RETURN/],
    noRules: [/DNAT/, /FORWARD/],
  }

  it('B1 [O t4, u4] a1 pings b1: isolated', async () => {
    agree(await stage().ask('a1', B1), isolated)
  })

  it('B2 [O u4b] a published port is isolated by its container address as well', async () => {
    agree(await stage().ask('a1', B1, { tcp: 80 }), isolated)
  })

  it('B3 [O t7, u7] a1 to a port of b1 published on the host: docker-proxy, and b1 sees its own gateway', async () => {
    const { address } = stage().engine
    agree(await stage().ask('a1', address, { tcp: 18080 }), proxied)
    agree(await stage().ask('a1', '172.30.1.1', { udp: 18053 }), {
      outcome: 'reply',
      frames: [/container:b1 eth0 in udp 172.30.2.1:\d+ > 172.30.2.11:53/],
      noRules: [/DNAT/, /FORWARD/],
    })
  })

  it('B4 [O t7b] by the address of its own gateway: the same', async () => {
    agree(await stage().ask('a1', '172.30.1.1', { tcp: 18080 }), proxied)
  })

  it("B5 [O cmdlog] by the address of b1's gateway: the same, isolation does not see it", async () => {
    agree(await stage().ask('a1', '172.30.2.1', { tcp: 18080 }), proxied)
  })

  it("B6 [O cmdlog] a1 pings b1's gateway: the host answers", async () => {
    agree(await stage().ask('a1', '172.30.2.1'), { outcome: 'reply', noRules: [/FORWARD/] })
  })

  it('B8 [O y8] from a network without masquerade DNAT does happen, and isolation drops the packet', async () => {
    agree(await stage().ask('m1', stage().engine.address, { tcp: 18080 }), {
      outcome: 'silence',
      disposition: 'dropped',
      rules: [/DNAT --to-destination 172.30.2.11:80/, /STAGE-2 -o ref-brB -j DROP/],
      noRules: [/ref-brM -j RETURN/],
    })
  })

  it('B9 [O t7i] from an internal network: 20.10 DNATs and drops in STAGE-1; 28 has no route', async () => {
    const seen = await stage().ask('i1', stage().engine.address, { tcp: 18080 })
    if (old)
      agree(seen, {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/DNAT --to-destination 172.30.2.11:80/, /STAGE-1 ! -d 172.30.3.0\/24 -i ref-brI -j DROP/],
      })
    else agree(seen, { outcome: 'error ENETUNREACH', disposition: 'no-route', noRules: [/./], noFrames: [/./] })
  })

  it('B10 [K] a container of both networks reaches b1 over their common bridge, from its address there', async () => {
    agree(await stage().ask('a3', B1), {
      outcome: 'reply',
      frames: [/container:b1 eth0 in icmp 172.30.2.13 > 172.30.2.11 .* ttl 64/],
      noFrames: [/ref-brA/],
    })
  })

  it.skipIf(old)(
    `B11 [O d28.var] a routed network takes its published port and ICMP from other bridges${old ? ' (skipped: 20.10 has no routed mode)' : ''}`,
    async () => {
      const r1 = '172.30.7.11'
      agree(await stage().ask('a1', r1, { tcp: 80 }), {
        outcome: 'reply',
        rules: [/STAGE-1 -o ref-brR -j RETURN/, /DOCKER -d 172.30.7.11\/32 .* --dport 80 -j ACCEPT/],
        frames: [/container:r1 eth0 in tcp .* ttl 63/],
      })
      agree(await stage().ask('a1', r1), { outcome: 'reply' })
      agree(await stage().ask('a1', r1, { tcp: 81 }), { outcome: 'silence', disposition: 'dropped' })
    },
  )

  it('B12 [O t10, u4] TTL 1 towards another bridge: 20.10 answers before FORWARD, 28 drops in raw without a word', async () => {
    const seen = await stage().ask('a1', B1, { ttl: 1 })
    if (old)
      agree(seen, { outcome: 'unreachable 11/0 from 172.30.1.1', disposition: 'ttl-exceeded', noRules: [/FORWARD/] })
    else agree(seen, { ...isolated })
  })
})
