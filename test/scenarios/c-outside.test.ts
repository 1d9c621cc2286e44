import { expect, it } from 'vitest'
import { run } from '../lab/run-command.ts'
import { ip } from '../lab/world.ts'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { addressOf, net, on, type Setup } from './support/plan.ts'
import { secondAddress } from './support/prepare-lab.ts'
import type { Stage } from './support/stage.ts'

const OUT = '203.0.113.80'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-m', 'ref-brM', 5, '-o', 'com.docker.network.bridge.enable_ip_masquerade=false'),
    net('ref-h', 'ref-brH', 8, '-o', `com.docker.network.host_ipv4=${secondAddress(addressOf(generation))}`),
  ],
  containers: [on('ref-a', 'a1', '172.30.1.11'), on('ref-m', 'm1', '172.30.5.11'), on('ref-h', 'h1', '172.30.8.11')],
})

/** A smaller MTU on the whole LAN, as where the uplink is a tunnel, for the time of `work`. */
async function withUplinkMtu(stage: Stage, mtu: number, work: () => Promise<void>): Promise<void> {
  const { world, engine } = stage
  const links = JSON.parse(await run(['nsenter', `--net=${world.netns}`, 'ip', '-j', 'link'])) as { ifname: string }[]
  const wire = links.map(({ ifname }) => ifname).filter((name) => name === 'lan0' || name.startsWith('port'))
  const set = async (value: number): Promise<void> => {
    await ip(
      world.netns,
      wire.map((name) => `link set ${name} mtu ${value}`),
    )
    await ip(world.clientNetns, [`link set eth0 mtu ${value}`])
  }
  await set(mtu)
  try {
    await stage.during([`ip link set ${engine.nic} mtu ${mtu}`], [`ip link set ${engine.nic} mtu 1500`], work)
  } finally {
    await set(1500)
  }
}

describeLive('C: to outside', setup, (stage) => {
  const nic = (): string => stage().engine.address

  it('C1 [O t3, u3] a1 pings a machine outside: masqueraded, TTL 63', async () => {
    agree(await stage().ask('a1', OUT), {
      outcome: 'reply',
      disposition: 'leaves-host',
      rules: [/-s 172.30.1.0\/24 ! -o ref-brA -j MASQUERADE x1/],
      frames: [new RegExp(`host ens5 out icmp ${nic()} > ${OUT} .* ttl 63`)],
    })
  })

  it('C2 [O t10] TTL 1 dies at the gateway, before FORWARD', async () => {
    agree(await stage().ask('a1', OUT, { ttl: 1 }), {
      outcome: 'unreachable 11/0 from 172.30.1.1',
      disposition: 'ttl-exceeded',
      noRules: [/FORWARD/],
    })
  })

  it('C3 [O L7a] too big for the uplink with DF: 3/4, even where FORWARD would drop it', async () => {
    const rule = 'DOCKER-USER -m length --length 1400: -j DROP'
    await withUplinkMtu(stage(), 1400, () =>
      stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
        agree(await stage().ask('a1', OUT, { size: 1440 }), {
          outcome: 'unreachable 3/4 from 172.30.1.1',
          disposition: 'too-big',
          noRules: [/FORWARD/, /DOCKER-USER/],
        })
      }),
    )
  })

  it('C4 [O L7b] without DF: FORWARD sees it whole, two fragments leave', async () => {
    const rule = 'FORWARD -m length --length 1468:1468 -m comment --comment whole'
    await withUplinkMtu(stage(), 1400, () =>
      stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
        // Not OUT: the error of C3 has taught a1 the smaller MTU on the way there, so that it would cut by itself.
        const seen = await stage().ask('a1', '203.0.113.53', { size: 1440, df: false, id: stage().nextIdentity() })
        agree(seen, { outcome: 'reply', disposition: 'leaves-host', rules: [/--comment whole x2$/] })
        expect(
          seen.truth.frames.filter(({ device, direction }) => device === 'ens5' && direction === 'out'),
        ).toHaveLength(2)
      }),
    )
  })

  it('C5 [O t12] a silent neighbour of the uplink: 3/1 after ARP fails, from the address of the uplink', async () => {
    // What is known of neighbours is what the host knows: that this one does not answer. Its kernel sweeps that away now and then.
    for (let tries = 1, known = false; !known && tries <= 5; tries += 1) {
      await stage().agent.warmUp({ host: ['198.51.100.77'] }, 10_000)
      await new Promise((resolve) => setTimeout(resolve, 3300))
      const { namespaces } = await stage().refresh()
      known = namespaces.some(({ neighbors }) => neighbors.some(({ address }) => address === '198.51.100.77'))
    }
    agree(await stage().ask('a1', '198.51.100.77'), {
      outcome: `unreachable 3/1 from ${nic()}`,
      disposition: 'neighbor-unreachable',
      rules: [/MASQUERADE/],
    })
  })

  it('C6 [O L4] no default route: 3/0 from the gateway, no FORWARD', async () => {
    await stage().during(['ip route del default'], ['ip route add default via 198.51.100.1 dev ens5'], async () => {
      agree(await stage().ask('a1', OUT), {
        outcome: 'unreachable 3/0 from 172.30.1.1',
        disposition: 'no-route',
        noRules: [/FORWARD/],
      })
    })
  })

  it('C7 [O L6a-c] unreachable, prohibit and blackhole routes: 3/1, 3/13, silence', async () => {
    const routes = ['unreachable 203.0.113.81', 'prohibit 203.0.113.82', 'blackhole 203.0.113.83']
    await stage().during(
      routes.map((route) => `ip route add ${route}`),
      routes.map((route) => `ip route del ${route}`),
      async () => {
        const cases = [
          ['81', 'unreachable 3/1 from 172.30.1.1'],
          ['82', 'unreachable 3/13 from 172.30.1.1'],
          ['83', 'silence'],
        ] as const
        for (const [last, outcome] of cases)
          agree(await stage().ask('a1', `203.0.113.${last}`), { outcome, noRules: [/FORWARD/] })
      },
    )
  })

  it('C8 [O L5] ip_forward=0 discards after PREROUTING without a word', async () => {
    await stage().withSysctls({ 'net/ipv4/ip_forward': '0' }, async () => {
      agree(await stage().ask('a1', OUT), { outcome: 'silence', disposition: 'dropped', noRules: [/FORWARD/] })
    })
  })

  it('C9 [O y9] without masquerade the private source leaves, and nobody finds the way back', async () => {
    agree(await stage().ask('m1', OUT, { answering: [] }), {
      outcome: 'silence',
      disposition: 'leaves-host',
      frames: [/host ens5 out icmp 172.30.5.11 > 203.0.113.80/],
      noRules: [/MASQUERADE/],
    })
  })

  it('C12 [O d28.var] host_ipv4: SNAT to that address, whatever the route', async () => {
    const second = secondAddress(nic())
    agree(await stage().ask('h1', OUT), {
      outcome: 'reply',
      rules: [new RegExp(`SNAT --to-source ${second}`)],
      frames: [new RegExp(`ens5 out icmp ${second} > 203.0.113.80`)],
    })
  })

  it('C13 [O L9] several addresses: the one in the subnet of the next hop, else the first; the src of the route does not count', async () => {
    const second = secondAddress(nic())
    const back = `10.99.3.0/24 via ${nic()} dev lan0`
    await ip(stage().world.netns, [`route add ${back}`])
    const lan0 = '52:54:00:33:64:01'
    const routes = [
      'addr add 10.99.3.1/24 dev ens5',
      `neigh replace 10.99.3.2 lladdr ${lan0} nud permanent dev ens5`,
      `neigh replace ${OUT} lladdr ${lan0} nud permanent dev ens5`,
      `route add ${OUT} via 10.99.3.2 src ${nic()}`,
    ]
    const undo = [
      `route del ${OUT}`,
      `neigh del ${OUT} dev ens5`,
      'neigh del 10.99.3.2 dev ens5',
      'addr del 10.99.3.1/24 dev ens5',
    ]
    await stage().during(
      routes.map((line) => `ip ${line}`),
      undo.map((line) => `ip ${line}`),
      async () => {
        agree(await stage().ask('a1', OUT), { outcome: 'reply', frames: [/ens5 out icmp 10.99.3.1 > 203.0.113.80/] })
        const onLink = [`ip route replace ${OUT} dev ens5 scope link src ${second}`]
        await stage().during(onLink, [], async () => {
          agree(await stage().ask('a1', OUT), {
            outcome: 'reply',
            frames: [new RegExp(`ens5 out icmp ${nic()} > ${OUT}`)],
          })
        })
      },
    )
    await ip(stage().world.netns, [`route del ${back}`])
  })
})
