import { it } from 'vitest'
import { busyboxImage } from '../lab/index.ts'
import { run } from '../lab/run-command.ts'
import { agree } from './support/agree.ts'
import { agreeRaw } from './support/agree-raw.ts'
import { askV6 } from './support/ask-v6.ts'
import { describeLive } from './support/describe-live.ts'
import { observeRaw } from './support/observe-raw.ts'
import { addressOf, net, on, type Setup } from './support/plan.ts'
import { predictPacket } from './support/predict-packet.ts'
import { secondAddress } from './support/prepare-lab.ts'

const B1 = '172.30.2.11'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [net('ref-b', 'ref-brB', 2)],
  containers: [
    on('ref-b', 'b1', B1, {
      args: [
        '-p',
        '18080:80',
        '-p',
        '18081:8181',
        '-p',
        '127.0.0.1:18090:80',
        '-p',
        `${addressOf(generation)}:18094:80`,
        '-p',
        '18053:53/udp',
      ],
      tcp: [80],
      udp: [53],
    }),
    on('ref-b', 'b2', '172.30.2.12', { args: ['-p', '18084:80'] }),
  ],
})

describeLive('D: published ports', setup, (stage, generation) => {
  const old = generation === '20'
  const nic = (): string => stage().engine.address
  const dnat = /DNAT --to-destination 172.30.2.11:80/

  it('D1 [O t6, u6] from outside: DNAT, and b1 sees the client, TTL 63', async () => {
    agree(await stage().ask('client', nic(), { tcp: 18080 }), {
      outcome: 'reply',
      rules: [dnat, /--dport 80 -j ACCEPT/],
      frames: [/container:b1 eth0 in tcp 198.51.100.201:\d+ > 172.30.2.11:80 ttl 63/],
    })
  })

  it('D2 [O t5a] from the host to its own address: DNAT in OUTPUT, b1 sees that address, no FORWARD', async () => {
    agree(await stage().ask('host', nic(), { tcp: 18080 }), {
      outcome: 'reply',
      rules: [dnat],
      noRules: [/FORWARD/],
      frames: [new RegExp(`container:b1 eth0 in tcp ${nic()}:\\d+ > 172.30.2.11:80`)],
    })
  })

  it('D3 [O t5b] from the host over loopback: docker-proxy', async () => {
    agree(await stage().ask('host', '127.0.0.1', { tcp: 18080 }), {
      outcome: 'reply',
      connection: 'reply',
      noRules: [/DNAT/],
    })
    agree(await stage().ask('host', '127.0.0.1', { udp: 18053 }), {
      outcome: 'reply',
      frames: [/container:b1 eth0 in udp 172.30.2.1:\d+ > 172.30.2.11:53/],
    })
  })

  it('D5 [O t8] b1 to its own published port: through docker-proxy', async () => {
    agree(await stage().ask('b1', nic(), { tcp: 18080 }), { outcome: 'reply', connection: 'reply', noRules: [dnat] })
  })

  it('D7 [O cmdlog] nothing listens behind it: refused at once by b1, translated back', async () => {
    agree(await stage().ask('client', nic(), { tcp: 18081 }), {
      outcome: 'refused',
      disposition: 'nothing-listening',
      frames: [new RegExp(`host ens5 out tcp ${nic()}:18081 > 198.51.100.201`)],
    })
  })

  it('D7b [O cmdlog] the same over loopback: it connects, and is then reset', async () => {
    agree(await stage().ask('host', '127.0.0.1', { tcp: 18081 }), { outcome: 'reply', connection: 'reset' })
  })

  it('D9 [O dumps] published on 127.0.0.1 only: from outside the host refuses', async () => {
    agree(await stage().ask('client', nic(), { tcp: 18090 }), {
      outcome: 'refused',
      disposition: 'nothing-listening',
      noRules: [/DNAT/],
    })
  })

  it('D10 [O y3, y6] a neighbour that sends to 127.0.0.1: taken on 20.10, dropped in raw on 28', async () => {
    const headers = {
      src: '198.51.100.201',
      dst: '127.0.0.1',
      sourcePort: stage().nextIdentity(),
      destinationPort: 18090,
    }
    await run(['nsenter', `--net=${stage().path('client')}`, 'sysctl', '-qw', 'net.ipv4.conf.eth0.route_localnet=1'])
    await stage().refresh()
    const { src, dst, sourcePort } = headers
    const probe = {
      kind: 'raw4',
      protocol: 'tcp',
      flag: 'syn',
      from: src,
      to: dst,
      via: nic(),
      port: 18090,
      sourcePort,
      device: 'eth0',
    } as const
    const truth = await observeRaw(stage(), 'client', probe)
    const report = predictPacket(stage().state(), { device: 'ens5' }, { protocol: 'tcp', ...headers, length: 40 })
    agreeRaw(
      report,
      truth,
      old
        ? {
            outcome: 'reply',
            disposition: 'delivered',
            rules: [dnat],
            frames: [/container:b1 eth0 in tcp 198.51.100.201/],
          }
        : {
            outcome: 'silence',
            disposition: 'dropped',
            rules: [/raw PREROUTING: .*-d 127.0.0.1\/32 ! -i lo .*-j DROP/],
          },
    )
  })

  it('D11 [O dumps] published on one address: another address of the host refuses', async () => {
    agree(await stage().ask('client', nic(), { tcp: 18094 }), { outcome: 'reply', rules: [dnat] })
    agree(await stage().ask('client', secondAddress(nic()), { tcp: 18094 }), {
      outcome: 'refused',
      disposition: 'nothing-listening',
    })
  })

  it('D12 [O t6] INPUT policy DROP does not protect a published port', async () => {
    await stage().during(['iptables -P INPUT DROP'], ['iptables -P INPUT ACCEPT'], async () => {
      agree(await stage().ask('client', nic(), { tcp: 18080 }), { outcome: 'reply', disposition: 'delivered' })
      agree(await stage().ask('client', nic(), { tcp: 4242 }), { outcome: 'silence', disposition: 'dropped' })
    })
  })

  it('D13 [O t6] DOCKER-USER sees the port after DNAT: --dport 18080 does nothing, --ctorigdstport does', async () => {
    const plain = 'DOCKER-USER -p tcp --dport 18080 -j DROP'
    const original = 'DOCKER-USER -p tcp -m conntrack --ctorigdstport 18080 --ctdir ORIGINAL -j DROP'
    await stage().during([`iptables -I ${plain}`], [`iptables -D ${plain}`], async () => {
      agree(await stage().ask('client', nic(), { tcp: 18080 }), {
        outcome: 'reply',
        noRules: [/--dport 18080 -j DROP/],
      })
      await stage().during([`iptables -I ${original}`], [`iptables -D ${original}`], async () => {
        agree(await stage().ask('client', nic(), { tcp: 18080 }), {
          outcome: 'silence',
          disposition: 'dropped',
          rules: [/ctorigdstport 18080/],
        })
      })
    })
  })

  it('D14 [K] a client of IPv6 and a network of IPv4: docker-proxy listens on both', async () => {
    await stage().refresh()
    const [source, to] = ['2001:db8:51::200', `2001:db8:51::${old ? '10' : '20'}`]
    const { report, truth } = await askV6(stage(), 'client', to, { tcp: 18080 }, source)
    agreeRaw(report, truth, { outcome: 'reply', disposition: 'delivered', noRules: [/DNAT/] }, [source])
  })

  it('D16 [S 23.0, K] a UDP connection that is known keeps the address that it was translated to', async () => {
    const id = stage().nextIdentity()
    await stage().refresh()
    agree(await stage().ask('client', nic(), { udp: 18053, id }), {
      outcome: 'reply',
      rules: [/DNAT --to-destination 172.30.2.11:53/],
    })
    const rule = 'DOCKER -p udp --dport 18053 -j DNAT --to-destination 172.30.2.12:53'
    const enter = ['nsenter', `--net=${stage().path('host')}`, 'iptables', '-t', 'nat']
    await run([...enter, '-I', ...rule.split(' ')])
    try {
      await stage().read()
      agree(await stage().ask('client', nic(), { udp: 18053, id }), {
        outcome: 'reply',
        noRules: [/DNAT/],
        frames: [/container:b1 eth0 in udp/],
      })
      const fresh = await stage().ask('client', nic(), { udp: 18053 })
      agree(fresh, {
        // 28 lets nothing into a bridge that is not published; 20.10 leaves it to the policy.
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/DNAT --to-destination 172.30.2.12:53/],
        noFrames: [/container:b1 eth0 in/],
      })
    } finally {
      await run([...enter, '-D', ...rule.split(' ')])
      await stage().refresh()
    }
  })

  it('D17 [K] a port that a process of the host has already: the bind fails and no rule is made', async ({
    expect,
  }) => {
    const { engine } = stage()
    const place = ['--network', 'ref-b', '--ip', '172.30.2.19', '-p', '18080:80']
    const taken = engine.docker(['run', '-d', '--name', 'b9', ...place, busyboxImage, 'sleep', '1000000'])
    await expect(taken).rejects.toThrow(/already (allocated|in use)|address already in use/)
    await engine.docker(['rm', '-f', 'b9'])
    await stage().refresh()
    agree(await stage().ask('client', nic(), { tcp: 18080 }), { outcome: 'reply', rules: [dnat] })
    const rules = await engine.nsenter(['iptables-save', '-t', 'nat'])
    expect(rules).not.toContain('172.30.2.19')
  })

  it('D18 [K] a policy rule that sends the answers elsewhere: translated back all the same, at POSTROUTING of that way', async () => {
    // The other way is the second router; the machine outside gets its answer whichever way it comes.
    const commands = [
      'ip route add default via 198.51.100.2 dev ens5 table 77',
      `ip rule add from ${B1} lookup 77 priority 100`,
    ]
    const undo = [`ip rule del from ${B1} lookup 77 priority 100`, 'ip route flush table 77']
    await stage().during(commands, undo, async () => {
      agree(await stage().ask('web', nic(), { tcp: 18080 }), {
        outcome: 'reply',
        frames: [new RegExp(`host ens5 out tcp ${nic()}:18080 > 203.0.113.80`)],
      })
    })
  })

  it('D8 [O cmdlog] the container is stopped: rule and proxy are gone, and the host refuses', async () => {
    await stage().engine.docker(['stop', '-t', '0', 'b2'])
    await stage().refresh()
    agree(await stage().ask('client', nic(), { tcp: 18084 }), {
      outcome: 'refused',
      disposition: 'nothing-listening',
      noRules: [/DNAT/],
    })
  })
})
