import { describe, expect, it } from 'vitest'
import type { RuleState } from '../../../../src/core/host/rule-state.ts'
import type { Packet } from '../../../../src/core/net/packet.ts'
import { scene, table, tcp } from '../netfilter-scene.ts'

const THROUGH = { inDevice: 'eth0', outDevice: 'br-1' } as const

const NOTHING: RuleState = { recent: [], hashlimit: [], ipvsServices: 0, ipsecPolicies: 0 }

describe('what rules remember', () => {
  const visits = (rules: readonly string[], ruleState: RuleState, packets: readonly Packet[]): readonly string[] => {
    const host = scene({ ip: table('filter', rules), ruleState })
    return packets.map((packet) => host.visit('forward', packet, THROUGH, true).verdict)
  }
  const from = (source: string): Packet => tcp(`${source} 40000`, '10.0.0.2 22')
  const list = (address: string, times: number): RuleState => ({
    ...NOTHING,
    recent: [{ name: 'ssh', entries: [{ address, ttl: 64, times }] }],
  })
  const name = '--name ssh --mask 255.255.255.255 --rsource'

  it('ufw limit: the sixth packet within 30 seconds is one too many', () => {
    const rules = [
      `-A FORWARD -m recent --set ${name}`,
      `-A FORWARD -m recent --update --seconds 30 --hitcount 6 ${name} -j DROP`,
    ]
    const packets = Array.from({ length: 7 }, () => from('10.0.0.1'))
    const few = list('10.0.0.9', 20)
    expect(visits(rules, few, packets)).toEqual([...new Array<string>(5).fill('accept'), 'drop', 'drop'])
  })

  it('times of before count where no number of seconds is asked for, and cannot be told where it is', () => {
    const check = (options: string): string =>
      visits([`-A FORWARD -m recent --rcheck ${options} ${name} -j DROP`], list('10.0.0.1', 3), [
        from('10.0.0.1'),
      ])[0] ?? ''
    expect(check('--hitcount 3')).toBe('drop')
    expect(check('--hitcount 4')).toBe('accept')
    expect(check('--seconds 60 --hitcount 4')).toBe('accept')
    expect(check('--seconds 60 --hitcount 3')).toBe('cannot-tell')
    expect(check('--seconds 60')).toBe('cannot-tell')
  })

  it('an address that is not on the list was never seen, one that is taken off is not any more', () => {
    const rules = [`-A FORWARD -m recent --remove ${name}`, `-A FORWARD -m recent --rcheck ${name} -j DROP`]
    expect(visits(rules, list('10.0.0.1', 3), [from('10.0.0.1'), from('10.0.0.7')])).toEqual(['accept', 'accept'])
  })

  it('--rttl asks for the TTL as it came, --mask for a network', () => {
    const ttl = [`-A FORWARD -m recent --rcheck --rttl ${name} -j DROP`]
    const came = { ...from('10.0.0.1'), ttl: 63 }
    expect(visits(ttl, list('10.0.0.1', 1), [came, from('10.0.0.1')])).toEqual(['drop', 'accept'])
    const network = ['-A FORWARD -m recent --rcheck --name ssh --mask 255.255.255.0 --rsource -j DROP']
    expect(visits(network, list('10.0.0.0', 1), [from('10.0.0.77')])).toEqual(['drop'])
  })

  it('a rule that cannot be told leaves the list in doubt', () => {
    const rules = [
      `-A FORWARD -m limit --limit 3/min -m recent --set ${name}`,
      `-A FORWARD -m recent --rcheck ${name} -j DROP`,
    ]
    expect(visits(rules, list('10.0.0.9', 1), [from('10.0.0.1')])).toEqual(['cannot-tell'])
  })

  const hash = '--hashlimit-upto 5/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name h'
  const bucket = (credit: number): RuleState => ({
    ...NOTHING,
    hashlimit: [
      {
        family: 4,
        name: 'h',
        buckets: [{ source: '10.0.0.1', sourcePort: 0, destination: '0.0.0.0', destinationPort: 0, credit, cost: 100 }],
      },
    ],
  })

  it('hashlimit: a bucket that the kernel does not have begins full, and nobody knows when an empty one fills up', () => {
    const rules = [`-A FORWARD -m hashlimit ${hash} -j ACCEPT`, '-A FORWARD -j DROP']
    const three = [from('10.0.0.7'), from('10.0.0.7'), from('10.0.0.7')]
    expect(visits(rules, bucket(0), three)).toEqual(['accept', 'accept', 'cannot-tell'])
    expect(visits(rules, bucket(199), [from('10.0.0.1'), from('10.0.0.1')])).toEqual(['accept', 'cannot-tell'])
    expect(visits(rules, bucket(99), [from('10.0.0.1')])).toEqual(['cannot-tell'])
  })

  it('hashlimit --hashlimit-above holds for what is too much, --hashlimit-srcmask for a network', () => {
    const above = hash.replace('upto', 'above')
    expect(visits([`-A FORWARD -m hashlimit ${above} -j DROP`], bucket(0), [from('10.0.0.7')])).toEqual(['accept'])
    const wide = [`-A FORWARD -m hashlimit ${hash} --hashlimit-srcmask 24 -j DROP`]
    expect(visits(wide, bucket(0), [from('10.0.0.7'), from('10.0.0.8'), from('10.0.0.9')])).toEqual([
      'drop',
      'drop',
      'cannot-tell',
    ])
  })

  it('a limit of bytes cannot be told', () => {
    const bytes = hash.replace('5/min', '512kb/s')
    expect(visits([`-A FORWARD -m hashlimit ${bytes} -j DROP`], bucket(0), [from('10.0.0.7')])).toEqual(['cannot-tell'])
  })

  it('connlimit: no more connections can have passed than there are', () => {
    const rules = ['-A FORWARD -m connlimit --connlimit-above 2 --connlimit-mask 32 --connlimit-saddr -j DROP']
    const entry = (port: number) => ({
      family: 4 as const,
      protocol: 'tcp' as const,
      timeoutSeconds: 100,
      state: 'ESTABLISHED',
      original: { src: '10.0.0.1', dst: '10.0.0.2', sourcePort: port, destinationPort: 80 },
      reply: { src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 80, destinationPort: port },
      flags: ['ASSURED'],
      mark: 0,
      zone: 0,
    })
    const verdict = (ports: readonly number[], source: string): string =>
      scene({ ip: table('filter', rules), conntrack: ports.map(entry) }).visit('forward', from(source)).verdict
    expect(verdict([1], '10.0.0.1')).toBe('accept')
    expect(verdict([1, 2], '10.0.0.7')).toBe('accept')
    expect(verdict([1, 2], '10.0.0.1')).toBe('cannot-tell')
  })

  it('IPVS without services and IPsec without policies have nothing to do with any packet', () => {
    const rules = [
      '-A FORWARD -m ipvs --ipvs -j DROP',
      '-A FORWARD -m ipvs --vproto 6 -j DROP',
      '-A FORWARD -m policy --dir out --pol ipsec -j DROP',
      '-A FORWARD -m policy --dir out --pol none -m ipvs ! --ipvs -j ACCEPT',
      '-A FORWARD -j DROP',
    ]
    expect(visits(rules, NOTHING, [from('10.0.0.1')])).toEqual(['accept'])
    expect(visits(rules, { ...NOTHING, ipvsServices: 1 }, [from('10.0.0.1')])).toEqual(['cannot-tell'])
  })
})
