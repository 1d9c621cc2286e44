import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import { captureFrames } from '../lab/index.ts'
import { run } from '../lab/run-command.ts'
import { agree } from './support/agree.ts'
import { predict } from './support/ask-flow.ts'
import { describeLive } from './support/describe-live.ts'
import { net, on, type Setup } from './support/plan.ts'
import type { Stage } from './support/stage.ts'

const DNS = '203.0.113.53'
const script = fileURLToPath(new URL('support/dns_query.py', import.meta.url))
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [net('ref-a', 'ref-brA', 1), net('ref-i', 'ref-brI', 3, '--internal')],
  containers: [
    on('ref-a', 'a1', '172.30.1.11', { args: ['--dns', DNS] }),
    on('ref-a', 'a2', '172.30.1.12', { args: ['--dns', '203.0.113.9'] }),
    on('ref-i', 'i1', '172.30.3.11'),
    { name: 'c1', args: [] },
  ],
})

interface Asked {
  readonly answer: string
  /** Frames of UDP, without the ports that kernels choose. */
  readonly frames: readonly string[]
}

/** Asks a server for a name from a container and shows every frame of it. */
async function query(stage: Stage, from: string, server: string, name: string, seconds = 2): Promise<Asked> {
  const inside = stage.inside()
  const paths = Object.fromEntries(Object.keys(inside).map((each) => [each, stage.path(each)]))
  const { value, frames } = await captureFrames(paths, 'udp', () =>
    run(['nsenter', `--net=${stage.path(from)}`, 'python3', script, server, name, String(seconds)]),
  )
  const port = (each: number | undefined): string => (each === 53 ? '53' : '*')
  return {
    answer: value.trim(),
    frames: frames.map(
      (each) =>
        `${inside[each.netns]} ${each.device} ${each.direction} ${each.src}:${port(each.sourcePort)} > ${each.dst}:${port(each.destinationPort)} ttl ${each.ttl}`,
    ),
  }
}

/** The frames of a report's DNS exchanges, written in the same way. */
function dnsFrames(report: TraceReport): string[] {
  const port = (each: number | undefined): string => (each === 53 ? '53' : '*')
  return report.exchanges
    .filter(({ protocol }) => protocol === 'dns')
    .flatMap(({ forward, reply }) => [...forward.hops, ...(reply?.hops ?? [])])
    .flatMap((hop) =>
      hop.frames.map(
        (each) =>
          `${hop.netns} ${hop.device} ${each.direction} ${each.src}:${port(each.sourcePort)} > ${each.dst}:${port(each.destinationPort)} ttl ${each.ttl}`,
      ),
    )
}

describeLive('F: names', setup, (stage) => {
  const ping = (from: string, to: string): TraceReport =>
    predict(stage().state(), { from, to, protocol: 'icmp', sourcePort: stage().nextIdentity() })

  /** The state with what a resolver said of facebook.com, as the product's own reading adds it. */
  const told = (from: string, server: string): TraceReport => {
    const state = stage().state()
    const namespace = state.namespaces.find(({ name }) => name === `container:${from}`)?.id ?? ''
    const names = [{ namespace, name: 'facebook.com', server, status: 'NOERROR', addresses: ['203.0.113.80'] }] as const
    return predict(
      { ...state, names },
      { from, to: 'facebook.com', protocol: 'icmp', sourcePort: stage().nextIdentity() },
    )
  }

  it('F1 [O x1] a name of the same network: dockerd answers in the namespace, DNAT to its port', async () => {
    const seen = await query(stage(), 'a1', '127.0.0.11', 'a2')
    expect(seen.answer).toBe('NOERROR 172.30.1.12')
    expect(seen.frames.every((line) => line.startsWith('container:a1 lo'))).toBe(true)
    expect(dnsFrames(ping('a1', 'a2')).sort()).toEqual([...seen.frames].sort())
  })

  it('F2 [O x2-x4] a name outside with --dns: dockerd asks on from the namespace, through the host', async () => {
    const seen = await query(stage(), 'a1', '127.0.0.11', 'facebook.com')
    expect(seen.answer).toBe('NOERROR 203.0.113.80')
    expect(seen.frames).toContainEqual(expect.stringMatching(/host ens5 out .* > 203.0.113.53:53 ttl 63/))
    expect(dnsFrames(told('a1', '127.0.0.11')).sort()).toEqual([...seen.frames].sort())
  })

  it('F3 [S] an upstream that does not answer: nothing within three seconds', async () => {
    const seen = await query(stage(), 'a2', '127.0.0.11', 'facebook.com', 3)
    expect(seen.answer).toBe('TIMEOUT -')
    expect(seen.frames).toContainEqual(expect.stringMatching(/host ens5 out .* > 203.0.113.9:53/))
  })

  it('F4 [O x4] DOCKER-USER drops UDP 53: names of the network work, others fail', async () => {
    const rule = 'DOCKER-USER -p udp --dport 53 -j DROP'
    await stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
      await stage().refresh()
      expect((await query(stage(), 'a1', '127.0.0.11', 'a2')).answer).toBe('NOERROR 172.30.1.12')
      const seen = await query(stage(), 'a1', '127.0.0.11', 'facebook.com', 1)
      expect(seen.answer).toBe('TIMEOUT -')
      const report = told('a1', '127.0.0.11')
      expect(report.warnings.join()).toMatch(/facebook\.com gets no answer now \(dropped\).*--dport 53 -j DROP/)
    })
  })

  it('F5 [K] on the default bridge the server of the host is asked directly', async () => {
    await stage().refresh()
    const seen = await query(stage(), 'c1', DNS, 'facebook.com')
    expect(seen.answer).toBe('NOERROR 203.0.113.80')
    expect(
      stage()
        .state()
        .containers.find(({ name }) => name === 'c1')?.resolvConf,
    ).not.toContain('127.0.0.11')
    expect(dnsFrames(told('c1', DNS)).sort()).toEqual([...seen.frames].sort())
  })

  it('E7 [S resolver.go] an internal network: names outside fail', async () => {
    const seen = await query(stage(), 'i1', '127.0.0.11', 'facebook.com', 3)
    expect(seen.answer).not.toContain('203.0.113.80')
    expect(seen.frames.filter((line) => line.includes('host ens5 out'))).toEqual([])
  })

  it('F6 [K] the nat table of the container is emptied: 127.0.0.11:53 refuses', async () => {
    const enter = ['nsenter', `--net=${stage().path('a1')}`]
    const saved = await run([...enter, 'iptables-save', '-t', 'nat'])
    await run([...enter, 'iptables', '-t', 'nat', '-F'])
    try {
      await stage().refresh()
      expect((await query(stage(), 'a1', '127.0.0.11', 'a2')).answer).toBe('REFUSED -')
      agree(await stage().ask('a1', '127.0.0.11', { udp: 53 }), {
        outcome: 'unreachable 3/3 from 127.0.0.11',
        disposition: 'nothing-listening',
      })
    } finally {
      await run([...enter, 'iptables-restore'], { stdin: saved })
      await stage().refresh()
    }
  })
})
