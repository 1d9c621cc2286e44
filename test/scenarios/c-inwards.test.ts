import { expect, it } from 'vitest'
import { hideChosenPort } from '../conformance/observed-truth.ts'
import { run } from '../lab/run-command.ts'
import { agree } from './support/agree.ts'
import { agreeRaw } from './support/agree-raw.ts'
import { describeLive } from './support/describe-live.ts'
import { observeRaw } from './support/observe-raw.ts'
import { net, on, type Setup } from './support/plan.ts'
import { predictPacket } from './support/predict-packet.ts'

const A1 = '172.30.1.11'
const B1 = '172.30.2.11'
const OUT = '203.0.113.80'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-b', 'ref-brB', 2),
    ...(generation === '28'
      ? [net('ref-r', 'ref-brR', 7, '-o', 'com.docker.network.bridge.gateway_mode_ipv4=routed')]
      : []),
  ],
  containers: [
    on('ref-a', 'a1', A1),
    on('ref-a', 'a2', '172.30.1.12'),
    on('ref-b', 'b1', B1, { args: ['-p', '18080:80'], tcp: [80, 81] }),
    ...(generation === '28' ? [on('ref-r', 'r1', '172.30.7.11', { args: ['-p', '80'], tcp: [80] })] : []),
  ],
})

describeLive('C: from outside, and connections', setup, (stage, generation) => {
  const old = generation === '20'
  const nic = (): string => stage().engine.address

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
