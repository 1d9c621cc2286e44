import { expect, it } from 'vitest'
import { hideChosenPort } from '../conformance/observed-truth.ts'
import { run } from '../lab/run-command.ts'
import { ip } from '../lab/world.ts'
import { agree } from './support/agree.ts'
import { agreeRaw } from './support/agree-raw.ts'
import { describeLive } from './support/describe-live.ts'
import { observeRaw } from './support/observe-raw.ts'
import { net, on, type Setup } from './support/plan.ts'
import { predictPacket } from './support/predict-packet.ts'
import { secondAddress } from './support/prepare-lab.ts'
import type { Stage } from './support/stage.ts'

const A1 = '172.30.1.11'
const B1 = '172.30.2.11'
const OUT = '203.0.113.80'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-b', 'ref-brB', 2),
    net('ref-m', 'ref-brM', 5, '-o', 'com.docker.network.bridge.enable_ip_masquerade=false'),
    ...(generation === '28'
      ? [
          net('ref-r', 'ref-brR', 7, '-o', 'com.docker.network.bridge.gateway_mode_ipv4=routed'),
          net('ref-h', 'ref-brH', 8, '-o', 'com.docker.network.host_ipv4=198.51.100.120'),
        ]
      : []),
  ],
  containers: [
    on('ref-a', 'a1', A1),
    on('ref-a', 'a2', '172.30.1.12'),
    on('ref-b', 'b1', B1, { args: ['-p', '18080:80'], tcp: [80, 81] }),
    on('ref-m', 'm1', '172.30.5.11'),
    ...(generation === '28'
      ? [on('ref-r', 'r1', '172.30.7.11', { args: ['-p', '80'], tcp: [80] }), on('ref-h', 'h1', '172.30.8.11')]
      : []),
  ],
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

describeLive('C: outside', setup, (stage, generation) => {
  const old = generation === '20'
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
    // What is known of neighbours is what the host knows: that this one does not answer.
    await stage().agent.warmUp({ host: ['198.51.100.77'] }, 10_000)
    await new Promise((resolve) => setTimeout(resolve, 3300))
    await stage().refresh()
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

  it.each([
    ['C10 [O L10] two containers with one source port: the second leaves by another port', { udp: 7 }],
    ['C11 [O L10b] two pings with one id: the second leaves with another id', {}],
  ])('%s', async (_, what) => {
    const id = stage().nextIdentity()
    agree(await stage().ask('a1', OUT, { ...what, id }), {
      outcome: 'reply',
      frames: [new RegExp(`ens5 out .* ${nic()}.*${id}`)],
    })
    await stage().read()
    const { truth, report, predicted, decided } = await stage().ask('a2', OUT, { ...what, id })
    expect(truth.outcome).toBe('reply')
    expect(decided, report.reason).toBe(true)
    const outside = truth.frames.filter(({ device }) => device === 'ens5')
    expect(outside).toHaveLength(2)
    for (const frame of outside) expect([frame.sourcePort, frame.destinationPort, frame.icmp]).not.toContain(id)
    // Which one the kernel takes is chance; the prediction must say so, and all else must agree.
    expect(JSON.stringify(report)).toContain('random')
    const hide = (text: string): string =>
      text.replace(/"(sourcePort|destinationPort)":(?!7[,}])\d+/g, '"$1":0').replace(/id \d+/g, 'id 0')
    const lines = (frames: typeof truth.frames): string[] =>
      frames.map((frame) => hide(JSON.stringify(hideChosenPort(frame, id)))).sort()
    expect(lines(predicted.frames)).toEqual(lines(truth.frames))
    expect(predicted.rules.map((rule) => JSON.stringify(rule)).sort()).toEqual(
      truth.rules.map((rule) => JSON.stringify(rule)).sort(),
    )
  })

  it.skipIf(old)(
    `C12 [O d28.var] host_ipv4: SNAT to that address, whatever the route${old ? ' (skipped: 20.10 has no such option)' : ''}`,
    async () => {
      agree(await stage().ask('h1', OUT), {
        outcome: 'reply',
        rules: [/SNAT --to-source 198.51.100.120/],
        frames: [/ens5 out icmp 198.51.100.120 > 203.0.113.80/],
      })
    },
  )

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

  it('C14 [O y1, y5] a neighbour that routes to the container reaches a published port on 20.10; 28 drops it in raw', async () => {
    const seen = await stage().ask('client', B1, { tcp: 80 })
    if (old) agree(seen, { outcome: 'reply', rules: [/DOCKER -d 172.30.2.11\/32 .* --dport 80 -j ACCEPT/] })
    else
      agree(seen, {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/raw PREROUTING: -A PREROUTING -d 172.30.2.11\/32 ! -i ref-brB -j DROP/],
      })
  })

  it('C15 [O y2] a port that is not published: the FORWARD policy decides on 20.10, raw on 28', async () => {
    agree(await stage().ask('client', B1, { tcp: 81 }), { outcome: 'silence', disposition: 'dropped' })
    const policy =
      (old
        ? 'DROP'
        : /:FORWARD (\w+)|-P FORWARD (\w+)/.exec(await stage().engine.nsenter(['iptables', '-S', 'FORWARD']))?.[2]) ??
      'ACCEPT'
    await stage().during(['iptables -P FORWARD ACCEPT'], [`iptables -P FORWARD ${policy}`], async () => {
      const seen = await stage().ask('client', B1, { tcp: 81 })
      agree(seen, old ? { outcome: 'reply', disposition: 'delivered' } : { outcome: 'silence', disposition: 'dropped' })
    })
  })

  it('C16 [O y4] pinging a container from outside: the policy on 20.10, raw on 28, answered in routed mode', async () => {
    agree(await stage().ask('client', B1), { outcome: 'silence', disposition: 'dropped' })
    if (!old)
      agree(await stage().ask('client', '172.30.7.11'), { outcome: 'reply', rules: [/-o ref-brR -p icmp -j ACCEPT/] })
  })

  it.each([
    ['1', 'silence'],
    ['0', 'forwarded'],
  ])("C17 [O L1] a machine outside with a container's source, rp_filter=%s on the uplink: %s", async (value, fate) => {
    const forged = { src: '172.30.1.12', dst: '198.51.100.1', sourcePort: stage().nextIdentity(), destinationPort: 0 }
    await stage().withSysctls({ 'net/ipv4/conf/ens5/rp_filter': value }, async () => {
      await stage().refresh()
      const truth = await observeRaw(stage(), 'client', {
        kind: 'raw4',
        protocol: 'icmp',
        from: forged.src,
        to: forged.dst,
        via: nic(),
        sourcePort: forged.sourcePort,
        device: 'eth0',
      })
      const report = predictPacket(stage().state(), { device: 'ens5' }, { protocol: 'icmp', ...forged })
      agreeRaw(
        report,
        truth,
        fate === 'silence'
          ? { outcome: 'silence', disposition: 'dropped', noRules: [/FORWARD/] }
          : { outcome: 'silence', rules: [/FORWARD/] },
      )
    })
  })

  it('C19 [K] a connection that is known stays open when the rule that let it in is gone', async () => {
    const id = stage().nextIdentity()
    agree(await stage().ask('a1', OUT, { udp: 7, id }), { outcome: 'reply' })
    const rule = `DOCKER-USER -s ${A1} -m conntrack --ctstate NEW -j DROP`
    await run(['nsenter', `--net=${stage().path('host')}`, 'iptables', '-I', ...rule.split(' ')])
    try {
      await stage().read()
      agree(await stage().ask('a1', OUT, { udp: 7, id }), {
        outcome: 'reply',
        disposition: 'leaves-host',
        noRules: [/NEW/],
      })
      agree(await stage().ask('a1', OUT, { udp: 7 }), {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/NEW -j DROP/],
      })
    } finally {
      await run(['nsenter', `--net=${stage().path('host')}`, 'iptables', '-D', ...rule.split(' ')])
      await stage().refresh()
    }
  })

  it('C20 [O cmdlog] a reset of no connection is invalid to conntrack and leaves with its private source', async () => {
    const sourcePort = stage().nextIdentity()
    const headers = { src: A1, dst: OUT, sourcePort, destinationPort: 80 }
    await stage().refresh()
    const truth = await observeRaw(stage(), 'a1', {
      kind: 'raw4',
      protocol: 'tcp',
      flag: 'rst',
      from: A1,
      to: OUT,
      port: 80,
      sourcePort,
    })
    const report = predictPacket(
      stage().state(),
      { netns: 'container:a1' },
      { protocol: 'tcp', ...headers, length: 40 },
      { tcpFlags: ['rst'] },
    )
    agreeRaw(report, truth, {
      outcome: 'silence',
      disposition: 'leaves-host',
      noRules: [/MASQUERADE/],
      frames: [new RegExp(`host ens5 out tcp ${A1}:${sourcePort} > ${OUT}:80 ttl 63`)],
    })
  })
})
