import { it } from 'vitest'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { net, on, type Setup } from './support/plan.ts'

const LAN = '198.51.100.200'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    {
      name: 'ref-mac',
      args: ['-d', 'macvlan', '--subnet', '198.51.100.0/24', '--gateway', '198.51.100.1', '-o', 'parent=ens5'],
    },
  ],
  containers: [
    on('ref-a', 'a1', '172.30.1.11'),
    on('ref-a', 'a2', '172.30.1.12', { tcp: [80] }),
    on('ref-mac', 'm1', '198.51.100.150', { args: ['-p', '18095:80'], tcp: [80] }),
    on('ref-mac', 'm2', '198.51.100.151'),
    { name: 'bare', args: ['--network', 'none'] },
    { name: 'hostly', args: ['--network', 'host'] },
    { name: 'guest', args: ['--network', 'container:a1'] },
  ],
  hostTcp: [8080],
})

describeLive('G: macvlan, host, none, container:X', setup, (stage) => {
  const nic = (): string => stage().engine.address

  it('G1 [O y7] m1 to the LAN: no rule of the host', async () => {
    agree(await stage().ask('m1', LAN), { outcome: 'reply', disposition: 'leaves-host', noRules: [/^host/] })
  })

  it('G2 [O y7] m1 and its parent host do not reach each other: nobody answers ARP', async () => {
    agree(await stage().ask('m1', nic()), {
      outcome: 'unreachable 3/1 from 198.51.100.150',
      disposition: 'neighbor-unreachable',
    })
    agree(await stage().ask('host', '198.51.100.150'), {
      outcome: `unreachable 3/1 from ${nic()}`,
      disposition: 'neighbor-unreachable',
    })
  })

  it('G3 [O y7] m1 to m2: inside the driver, which shows the frame to taps of the parent', async () => {
    agree(await stage().ask('m1', '198.51.100.151'), {
      outcome: 'reply',
      disposition: 'delivered',
      noRules: [/^host/],
      frames: [/host ens5 in icmp 198.51.100.150 > 198.51.100.151/],
    })
  })

  it('m1 and the internet, and machines outside and m1: the NIC hands frames on, no rule of the host', async () => {
    agree(await stage().ask('m1', '203.0.113.80'), { outcome: 'reply', noRules: [/^host/] })
    agree(await stage().ask('client', '198.51.100.150', { tcp: 80 }), {
      outcome: 'reply',
      disposition: 'delivered',
      noRules: [/^host/],
      frames: [/host ens5 in tcp 198.51.100.201/, /container:m1 eth0 in/],
    })
    agree(await stage().ask('client', '198.51.100.150', { tcp: 81 }), { outcome: 'refused' })
    agree(await stage().ask('client', '198.51.100.151', { size: 3000, df: false }), {
      outcome: 'reply',
      noRules: [/^host/],
    })
  })

  it('rules of the macvlan container itself judge', async () => {
    const rule = 'INPUT -p icmp -j DROP'
    const inside = (verb: string): string => `nsenter --net=${stage().path('m2')} iptables ${verb} ${rule}`
    await stage().during([inside('-I')], [inside('-D')], async () => {
      agree(await stage().ask('m1', '198.51.100.151'), {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/container:m2 .*INPUT/],
      })
    })
  })

  it('a macvlan device of the host beside m1 lets the two talk: then rules of the host judge', async () => {
    const up = [
      'ip link add shim link ens5 type macvlan mode bridge',
      'ip addr add 198.51.100.250/32 dev shim',
      'ip link set shim up',
      'ip route add 198.51.100.150/32 dev shim',
      'iptables -I INPUT -i shim -p icmp',
    ]
    await stage().during(up, ['iptables -D INPUT -i shim -p icmp', 'ip link del shim'], async () => {
      agree(await stage().ask('host', '198.51.100.150'), {
        outcome: 'reply',
        disposition: 'delivered',
        rules: [/host ip filter INPUT: -A INPUT -i shim -p icmp/],
        frames: [/host shim out icmp/, /host ens5 in icmp/],
      })
      agree(await stage().ask('m1', '198.51.100.250'), { outcome: 'reply', disposition: 'delivered' })
    })
  })

  it('G4 [K] a port published on macvlan is ignored: no rule, the host refuses', async ({ expect }) => {
    expect(await stage().engine.nsenter(['iptables-save'])).not.toContain('18095')
    agree(await stage().ask('client', nic(), { tcp: 18095 }), { outcome: 'refused', disposition: 'nothing-listening' })
  })

  it('G6 [K] a port bound by a host container: INPUT applies, no DNAT', async () => {
    agree(await stage().ask('client', nic(), { tcp: 8080 }), {
      outcome: 'reply',
      disposition: 'delivered',
      noRules: [/DNAT/, /FORWARD/],
    })
    const rule = 'INPUT -p tcp --dport 8080 -j DROP'
    await stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
      agree(await stage().ask('client', nic(), { tcp: 8080 }), {
        outcome: 'silence',
        disposition: 'dropped',
        rules: [/INPUT .* DROP/],
      })
    })
    agree(await stage().ask('hostly', '203.0.113.80'), {
      outcome: 'reply',
      disposition: 'leaves-host',
      frames: [new RegExp(`host ens5 out icmp ${nic()}`)],
    })
  })

  it('G7 [K] network none: no route', async () => {
    agree(await stage().ask('bare', '203.0.113.80'), {
      outcome: 'error ENETUNREACH',
      disposition: 'no-route',
      noFrames: [/./],
    })
  })

  it('G8 [K] container:a1 is a1', async () => {
    agree(await stage().ask('guest', '172.30.1.12', { tcp: 80 }), {
      outcome: 'reply',
      frames: [/container:a2 eth0 in tcp 172.30.1.11/, /container:a1 eth0 out/],
    })
  })
})
