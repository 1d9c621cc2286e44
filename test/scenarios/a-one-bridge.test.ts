import { expect, it } from 'vitest'
import { run } from '../lab/run-command.ts'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { hostVeth } from './support/host-veth.ts'
import { net, on, type Setup } from './support/plan.ts'
import { stepsOf } from './support/report-steps.ts'

const A1 = '172.30.1.11'
const A2 = '172.30.1.12'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-n', 'ref-brN', 6, '-o', 'com.docker.network.bridge.enable_icc=false'),
  ],
  containers: [
    on('ref-a', 'a1', A1),
    on('ref-a', 'a2', A2, { tcp: [80], udp: [9999] }),
    on('ref-a', 'a3', '172.30.1.13'),
    on('ref-n', 'n1', '172.30.6.11'),
    on('ref-n', 'n2', '172.30.6.12', { args: ['-p', '18086:80'], tcp: [80] }),
  ],
})

describeLive('A: one bridge', setup, (stage, generation) => {
  /** The rule by which each engine lets a bridge's containers talk to each other. */
  const icc = generation === '20' ? /-A FORWARD -i ref-brA -o ref-brA -j ACCEPT/ : /DOCKER-FORWARD -i ref-brA -j ACCEPT/
  const noIcc = /-i ref-brN -o ref-brN -j DROP/

  it('A1 [O t1] a1 pings a2: bridged, through FORWARD, TTL untouched', async () => {
    const seen = await stage().ask('a1', A2)
    agree(seen, {
      outcome: 'reply',
      disposition: 'delivered',
      rules: [icc],
      frames: [/container:a2 eth0 in .* ttl 64/],
    })
    const chains = stepsOf(seen.report, 'host').filter((step) => step.kind === 'rule' || step.kind === 'policy')
    expect([...new Set(chains.map(({ hook }) => hook))]).toEqual(['prerouting', 'forward', 'postrouting'])
  })

  it('A2 [O t2] the second ping of a flow does not meet the nat chains', async () => {
    const count = '-m comment --comment nat-was-asked'
    await stage().during(
      [`iptables -t nat -I PREROUTING -d ${A2} ${count}`],
      [`iptables -t nat -D PREROUTING -d ${A2} ${count}`],
      async () => {
        const id = stage().nextIdentity()
        agree(await stage().ask('a1', A2, { id }), { outcome: 'reply', rules: [/nat-was-asked/] })
        await stage().read()
        const seen = await stage().ask('a1', A2, { id })
        agree(seen, {
          outcome: 'reply',
          rules: [/RELATED,ESTABLISHED -j ACCEPT x2$/],
          noRules: [/nat-was-asked/, / nat /],
        })
      },
    )
  })

  it('A3 [O cmdlog] a closed TCP port is refused by a2 itself, across FORWARD both ways', async () => {
    const seen = await stage().ask('a1', A2, { tcp: 81 })
    agree(seen, {
      outcome: 'refused',
      disposition: 'nothing-listening',
      rules: [icc, /RELATED,ESTABLISHED -j ACCEPT x1$/],
    })
  })

  it('A4 [O L8d] a closed UDP port is answered 3/3 by a2, as related traffic', async () => {
    const seen = await stage().ask('a1', A2, { udp: 4242 })
    agree(seen, { outcome: `unreachable 3/3 from ${A2}`, rules: [icc, /RELATED,ESTABLISHED -j ACCEPT x1$/] })
  })

  it('A5 [O q1] an address that nobody has: unreachable inside a1 after ARP fails, no host rule', async () => {
    const seen = await stage().ask('a1', '172.30.1.99')
    agree(seen, {
      outcome: `unreachable 3/1 from ${A1}`,
      disposition: 'neighbor-unreachable',
      noRules: [/^host /],
      noFrames: [/^host /],
    })
  })

  it('A6 [O live28.A-flooded] a forgotten MAC floods: FORWARD once for each port, the other container drops its copy', async () => {
    const port = hostVeth(await stage().settle(), 'a2', 'ref-brA')
    await stage().engine.nsenter(['bridge', 'fdb', 'del', port.mac, 'dev', port.name, 'master'])
    await stage().read()
    const seen = await stage().ask('a1', A2)
    const twice = new RegExp(`${icc.source} x2$`)
    agree(seen, {
      outcome: 'reply',
      rules: [twice],
      frames: [/container:a3 eth0 in/, /container:a2 eth0 in .* ttl 64/],
    })
  })

  it('A7 [O t9] the gateway answers through INPUT, without FORWARD', async () => {
    agree(await stage().ask('a1', '172.30.1.1'), { outcome: 'reply', disposition: 'delivered', noRules: [/FORWARD/] })
  })

  it('A8 [O z5] a frame too big for the port is lost after POSTROUTING, with no ICMP error; cut without DF', async () => {
    const port = hostVeth(stage().state(), 'a2', 'ref-brA')
    await stage().during([`ip link set ${port.name} mtu 1400`], [`ip link set ${port.name} mtu 1500`], async () => {
      agree(await stage().ask('a1', A2, { size: 1440 }), {
        outcome: 'silence',
        disposition: 'too-big',
        rules: [icc],
        noFrames: [/container:a2/],
      })
      // Without DF the bridge cuts it, and the whole answer is what is lost.
      agree(await stage().ask('a1', A2, { size: 1440, df: false, id: stage().nextIdentity() }), {
        outcome: 'silence',
        rules: [icc],
        frames: [/container:a2 eth0 in/],
      })
    })
  })

  it('A9 [O z2] icc=false drops between containers of one bridge', async () => {
    const seen = await stage().ask('n1', '172.30.6.12')
    agree(seen, { outcome: 'silence', disposition: 'dropped', rules: [noIcc], noFrames: [/container:n2/] })
  })

  it('A10 [O z3] icc=false does nothing with bridge-nf-call-iptables=0', async () => {
    await stage().withSysctls({ 'net/bridge/bridge-nf-call-iptables': '0' }, async () => {
      agree(await stage().ask('n1', '172.30.6.12'), { outcome: 'reply', disposition: 'delivered', noRules: [/^host /] })
    })
  })

  it('A11 [O t8] icc=false does not stop a port published on the same bridge: docker-proxy', async () => {
    const seen = await stage().ask('n1', stage().engine.address, { tcp: 18086 })
    agree(seen, { outcome: 'reply', connection: 'reply', noRules: [noIcc, /DNAT/] })
  })

  it('A13 [O cmdlog, K] a paused container still answers pings and SYNs', async () => {
    await stage().engine.docker(['pause', 'a2'])
    try {
      await stage().read()
      agree(await stage().ask('a1', A2), { outcome: 'reply' })
      agree(await stage().ask('a1', A2, { tcp: 80 }), { outcome: 'reply' })
    } finally {
      await stage().engine.docker(['unpause', 'a2'])
    }
  })

  it('A14 [O cmdlog] a container that was disconnected is like an address that nobody has', async () => {
    await stage().engine.docker(['network', 'disconnect', 'ref-a', 'a3'])
    try {
      await run(['nsenter', `--net=${stage().path('a1')}`, 'ip', 'neigh', 'flush', 'to', '172.30.1.13'])
      await stage().refresh()
      const seen = await stage().ask('a1', '172.30.1.13')
      agree(seen, { outcome: `unreachable 3/1 from ${A1}`, disposition: 'neighbor-unreachable', noRules: [/^host /] })
    } finally {
      await stage().engine.docker(['network', 'connect', '--ip', '172.30.1.13', 'ref-a', 'a3'])
      await stage().settle()
    }
  })

  it('A15 [O z3] DOCKER-USER drops bridged traffic only while bridge-nf is on', async () => {
    const rule = `DOCKER-USER -s ${A1} -d ${A2} -j DROP`
    await stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
      agree(await stage().ask('a1', A2), {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/DOCKER-USER -s .* DROP/],
      })
      await stage().withSysctls({ 'net/bridge/bridge-nf-call-iptables': '0' }, async () => {
        agree(await stage().ask('a1', A2), { outcome: 'reply', disposition: 'delivered', noRules: [/^host /] })
      })
    })
  })

  it('A16 [O z1, z1b] REJECT of bridged packets: 3/3 from the bridge through OUTPUT; a reset below the hooks', async () => {
    const rules = [
      `DOCKER-USER -s ${A1} -d ${A2} -p udp -j REJECT`,
      `DOCKER-USER -s ${A1} -d ${A2} -p tcp -j REJECT --reject-with tcp-reset`,
      `OUTPUT -d ${A1} -m comment --comment output-was-asked`,
    ]
    const all = (flag: string): string[] => rules.map((rule) => `iptables ${flag} ${rule}`)
    await stage().during(all('-I'), all('-D'), async () => {
      agree(await stage().ask('a1', A2, { udp: 9999 }), {
        outcome: 'unreachable 3/3 from 172.30.1.1',
        disposition: 'rejected',
        rules: [/DOCKER-USER .* REJECT/, /output-was-asked/],
      })
      agree(await stage().ask('a1', A2, { tcp: 80 }), {
        outcome: 'refused',
        disposition: 'rejected',
        rules: [/tcp-reset/],
        noRules: [/output-was-asked/],
      })
    })
  })
})
