import { it } from 'vitest'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { net, on, type Setup } from './support/plan.ts'

/** The scenarios of several groups for which docker-proxy must be off, so that its engines start once. */
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  daemonOptions: { 'userland-proxy': false },
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-b', 'ref-brB', 2),
    net('ref-n', 'ref-brN', 6, '-o', 'com.docker.network.bridge.enable_icc=false'),
  ],
  containers: [
    on('ref-a', 'a1', '172.30.1.11'),
    on('ref-b', 'b1', '172.30.2.11', { args: ['-p', '18080:80'], tcp: [80] }),
    on('ref-n', 'n1', '172.30.6.11'),
    on('ref-n', 'n2', '172.30.6.12', { args: ['-p', '18086:80'], tcp: [80] }),
  ],
})

describeLive('Without docker-proxy', setup, (stage, generation) => {
  const nic = (): string => stage().engine.address

  it('A12 [derived from w8, d29noproxy.v4] icc=false stops a port published on the same bridge: DNAT, bridged, dropped', async () => {
    agree(await stage().ask('n1', nic(), { tcp: 18086 }), {
      outcome: 'silence',
      disposition: 'dropped',
      rules: [/DNAT --to-destination 172.30.6.12:80/, /-i ref-brN -o ref-brN -j DROP/],
      noFrames: [/container:n2/],
    })
  })

  it('B7 [derived from dumps] a1 to a published port of another bridge: DNAT, then isolation', async () => {
    agree(await stage().ask('a1', nic(), { tcp: 18080 }), {
      outcome: 'silence',
      disposition: 'dropped',
      rules: [/DNAT --to-destination 172.30.2.11:80/, /STAGE-2 -o ref-brB -j DROP/],
      noRules: [/-j RETURN x1$/].filter(() => generation === '28'),
    })
  })

  it('D4 [O w5] the host to a published port over loopback: DNAT in OUTPUT, MASQUERADE of the local source', async () => {
    agree(await stage().ask('host', '127.0.0.1', { tcp: 18080 }), {
      outcome: 'reply',
      rules: [/DNAT --to-destination 172.30.2.11:80/, /--src-type LOCAL -j MASQUERADE/],
      frames: [/container:b1 eth0 in tcp 172.30.2.1:\d+ > 172.30.2.11:80/],
    })
  })

  it('D6 [O w8, z4] b1 to its own published port: bridged back by hairpin; routed with bridge-nf off', async () => {
    const hairpin = { outcome: 'reply', rules: [/DNAT --to-destination 172.30.2.11:80/] } as const
    agree(await stage().ask('b1', nic(), { tcp: 18080 }), {
      ...hairpin,
      frames: [/container:b1 eth0 in tcp 172.30.2.1:\d+ > 172.30.2.11:80 ttl 64/],
    })
    await stage().withSysctls({ 'net/bridge/bridge-nf-call-iptables': '0' }, async () => {
      agree(await stage().ask('b1', nic(), { tcp: 18080 }), {
        ...hairpin,
        frames: [/container:b1 eth0 in tcp 172.30.2.1:\d+ > 172.30.2.11:80 ttl 63/],
      })
    })
  })
})
