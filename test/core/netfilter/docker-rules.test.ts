import { describe, expect, it } from 'vitest'
import {
  answerTo,
  endsOf,
  errorAbout,
  ping,
  rulesFixture,
  rulesOf,
  type Scene,
  scene,
  stepsOf,
  tcp,
  trackingOf,
  udp,
} from './netfilter-scene.ts'

const ADDRESSES = { ens5: '10.98.0.1', 'ref-brA': '172.30.1.1', 'ref-brB': '172.30.2.1', docker0: '172.17.0.1' }

function engine(generation: '20.10' | '28.5'): Scene {
  return scene({ ip: rulesFixture(`docker-${generation}-isolation`), addresses: ADDRESSES })
}

describe('a ping between two bridges', () => {
  it('passes prerouting of Docker 20.10 and dies in forward at STAGE-2', () => {
    const host = engine('20.10')
    const before = host.visit('prerouting', ping('172.30.1.11', '172.30.2.11'), { inDevice: 'ref-brA' })
    expect(before.verdict).toBe('accept')
    expect(trackingOf(before)).toEqual(['new create'])
    const outcome = host.visit('forward', before.skb, { inDevice: 'ref-brA', outDevice: 'ref-brB' })
    expect(outcome.verdict).toBe('drop')
    expect(rulesOf(outcome)).toEqual([
      'filter/FORWARD jump',
      'filter/DOCKER-USER return',
      'filter/FORWARD jump',
      'filter/DOCKER-ISOLATION-STAGE-1 jump',
      'filter/DOCKER-ISOLATION-STAGE-2 drop',
    ])
    expect(stepsOf(outcome, 'rule').at(-1)?.rule).toBe('-A DOCKER-ISOLATION-STAGE-2 -o ref-brB -j DROP')
    expect(outcome.reason).toContain('-A DOCKER-ISOLATION-STAGE-2 -o ref-brB -j DROP')
  })

  it('dies in raw prerouting of Docker 28.5, before connection tracking sees it', () => {
    const outcome = engine('28.5').visit('prerouting', ping('172.30.1.11', '172.30.2.11'), { inDevice: 'ref-brA' })
    expect(outcome.verdict).toBe('drop')
    expect(rulesOf(outcome)).toEqual(['raw/PREROUTING drop'])
    expect(stepsOf(outcome, 'rule')[0]).toMatchObject({
      rule: '-A PREROUTING -d 172.30.2.11/32 ! -i ref-brB -j DROP',
      triedBefore: 3,
    })
    expect(trackingOf(outcome)).toEqual([])
  })
})

describe.each(['20.10', '28.5'] as const)('a ping from a container to the outside, Docker %s', (generation) => {
  const sent = ping('172.30.1.11', '10.98.0.2')

  function outward(host: Scene) {
    const pre = host.visit('prerouting', sent, { inDevice: 'ref-brA' })
    const forward = host.visit('forward', pre.skb, { inDevice: 'ref-brA', outDevice: 'ens5' })
    const post = host.visit('postrouting', forward.skb, {
      inDevice: 'ref-brA',
      outDevice: 'ens5',
      nextHop: '10.98.0.2',
    })
    return { pre, forward, post }
  }

  it('leaves with the address of the host, by the MASQUERADE rule of its network', () => {
    const { post } = outward(engine(generation))
    expect(endsOf(post.skb.packet)).toBe('10.98.0.1 > 10.98.0.2')
    const [step] = stepsOf(post, 'rule')
    expect(step).toMatchObject({
      rule: '-A POSTROUTING -s 172.30.1.0/24 ! -o ref-brA -j MASQUERADE',
      verdict: 'masquerade',
      target: 'MASQUERADE',
      family: 'ip',
      table: 'nat',
      hook: 'postrouting',
      diff: [{ field: 'ip.src', before: '172.30.1.11', after: '10.98.0.1' }],
    })
    expect(step?.why).toContain('172.30.1.11')
    expect(trackingOf(post)).toEqual(['new confirm'])
  })

  it('has its answer turned back before routing, by no rule', () => {
    const host = engine(generation)
    const { post } = outward(host)
    const back = host.visit('prerouting', answerTo(post.skb.packet), { inDevice: 'ens5' })
    expect(endsOf(back.skb.packet)).toBe('10.98.0.2 > 172.30.1.11')
    expect(trackingOf(back)).toEqual(['established lookup', 'established translate'])
    expect(stepsOf(back, 'rule')).toEqual([])
    expect(stepsOf(back, 'policy').map((step) => step.table)).not.toContain('nat')
    const forward = host.visit('forward', back.skb, { inDevice: 'ens5', outDevice: 'ref-brA' })
    expect(stepsOf(forward, 'rule').at(-1)?.rule).toContain('--ctstate RELATED,ESTABLISHED -j ACCEPT')
    const last = host.visit('postrouting', forward.skb, { inDevice: 'ens5', outDevice: 'ref-brA' })
    expect(last.skb.packet).toEqual(forward.skb.packet)
    expect(last.steps).toEqual([])
  })

  it('asks no nat chain for its second packet and translates it all the same', () => {
    const host = engine(generation)
    const first = outward(host)
    host.visit('prerouting', answerTo(first.post.skb.packet), { inDevice: 'ens5' })
    const second = outward(host)
    expect(trackingOf(second.pre)).toEqual(['established lookup'])
    expect(rulesOf(second.pre).filter((rule) => rule.startsWith('nat/'))).toEqual([])
    expect(rulesOf(second.post)).toEqual([])
    expect(trackingOf(second.post)).toEqual(['established translate'])
    expect(endsOf(second.post.skb.packet)).toBe('10.98.0.1 > 10.98.0.2')
  })

  it('has an error about it turned back, with the packet that the error quotes', () => {
    const host = engine(generation)
    const { post } = outward(host)
    const error = host.visit('prerouting', errorAbout(post.skb.packet, '203.0.113.9'), { inDevice: 'ens5' })
    expect(trackingOf(error)).toEqual(['related lookup', 'related translate'])
    expect(endsOf(error.skb.packet)).toBe('203.0.113.9 > 172.30.1.11')
    expect(error.skb.packet.quoted?.src).toBe('172.30.1.11')
    expect(stepsOf(error, 'conntrack')[1]?.diff.map((diff) => diff.field)).toEqual(['ip.dst', 'ip.src#2'])
  })
})

describe.each(['20.10', '28.5'] as const)('an outside client of a published port, Docker %s', (generation) => {
  const syn = tcp('198.51.100.7 50000', '10.98.0.1 18080')

  it('is sent to the container before routing, and its answer gets the published port back after routing', () => {
    const host = engine(generation)
    const pre = host.visit('prerouting', syn, { inDevice: 'ens5' })
    expect(endsOf(pre.skb.packet)).toBe('198.51.100.7 50000 > 172.30.2.11 80')
    expect(stepsOf(pre, 'rule').map((step) => step.verdict)).toEqual(['jump', 'dnat'])
    expect(stepsOf(pre, 'rule').at(-1)).toMatchObject({
      rule: '-A DOCKER ! -i ref-brB -p tcp -m tcp --dport 18080 -j DNAT --to-destination 172.30.2.11:80',
      target: 'DNAT --to-destination 172.30.2.11:80',
      diff: [
        { field: 'ip.dst', before: '10.98.0.1', after: '172.30.2.11' },
        { field: 'tcp.dstport', before: '18080', after: '80' },
      ],
    })
    const forward = host.visit('forward', pre.skb, { inDevice: 'ens5', outDevice: 'ref-brB' })
    expect(stepsOf(forward, 'rule').at(-1)?.rule).toBe(
      '-A DOCKER -d 172.30.2.11/32 ! -i ref-brB -o ref-brB -p tcp -m tcp --dport 80 -j ACCEPT',
    )
    const post = host.visit('postrouting', forward.skb, {
      inDevice: 'ens5',
      outDevice: 'ref-brB',
      nextHop: '172.30.2.11',
    })
    expect(rulesOf(post)).toEqual(['nat/POSTROUTING policy accept'])
    const back = host.visit('prerouting', answerTo(post.skb.packet), { inDevice: 'ref-brB' })
    expect(endsOf(back.skb.packet)).toBe('172.30.2.11 80 > 198.51.100.7 50000')
    const out = host.visit('postrouting', back.skb, { inDevice: 'ref-brB', outDevice: 'ens5', nextHop: '198.51.100.7' })
    expect(endsOf(out.skb.packet)).toBe('10.98.0.1 18080 > 198.51.100.7 50000')
    expect(trackingOf(out)).toEqual(['established translate'])
  })

  it('is translated in output when it is the host itself, and its answer at the end of input', () => {
    const own = engine(generation)
    const out = own.visit('output', tcp('10.98.0.1 40000', '10.98.0.1 18080'), { outDevice: 'lo' })
    expect(endsOf(out.skb.packet)).toBe('10.98.0.1 40000 > 172.30.2.11 80')
    const post = own.visit('postrouting', out.skb, { outDevice: 'ref-brB', nextHop: '172.30.2.11' })
    expect(endsOf(post.skb.packet)).toBe('10.98.0.1 40000 > 172.30.2.11 80')
    const pre = own.visit('prerouting', answerTo(post.skb.packet), { inDevice: 'ref-brB' })
    expect(endsOf(pre.skb.packet)).toBe('172.30.2.11 80 > 10.98.0.1 40000')
    const input = own.visit('input', pre.skb, { inDevice: 'ref-brB' })
    expect(endsOf(input.skb.packet)).toBe('10.98.0.1 18080 > 10.98.0.1 40000')
  })

  it('is left to the host when it comes from the container’s own bridge', () => {
    const outcome = engine(generation).visit('prerouting', tcp('172.30.2.12 40000', '10.98.0.1 18080'), {
      inDevice: 'ref-brB',
    })
    expect(endsOf(outcome.skb.packet)).toBe('172.30.2.12 40000 > 10.98.0.1 18080')
    expect(rulesOf(outcome).slice(-3)).toEqual([
      'nat/PREROUTING jump',
      'nat/DOCKER return',
      'nat/PREROUTING policy accept',
    ])
  })
})

it('an address of another container is dropped for outside clients by the policy of 20.10 and by a rule of 28.5', () => {
  const syn = tcp('198.51.100.7 50000', '172.30.2.11 81')
  const old = engine('20.10').visit('forward', syn, { inDevice: 'ens5', outDevice: 'ref-brB' })
  expect([old.verdict, rulesOf(old).at(-1)]).toEqual(['drop', 'filter/FORWARD policy drop'])
  expect(old.reason).toBe('the policy of chain FORWARD in table filter is to drop')
  const recent = engine('28.5').visit('forward', syn, { inDevice: 'ens5', outDevice: 'ref-brB' })
  expect(stepsOf(recent, 'rule').at(-1)?.rule).toBe('-A DOCKER ! -i ref-brB -o ref-brB -j DROP')
})

it('Docker’s resolver is reached at its own port, and answers from port 53 by no rule', () => {
  const container = scene({ ip: rulesFixture('container-dns') })
  const query = container.visit('output', udp('127.0.0.1 40000', '127.0.0.11 53'), { outDevice: 'lo' })
  expect(endsOf(query.skb.packet)).toBe('127.0.0.1 40000 > 127.0.0.11 34440')
  const post = container.visit('postrouting', query.skb, { outDevice: 'lo' })
  expect(rulesOf(post)).toEqual(['nat/POSTROUTING jump', 'nat/POSTROUTING policy accept'])
  const arrived = container.visit('prerouting', post.skb, { inDevice: 'lo' })
  expect(arrived.steps).toEqual([])
  container.visit('input', arrived.skb, { inDevice: 'lo' })
  const back = container.visit('output', answerTo(arrived.skb.packet), { outDevice: 'lo' })
  const out = container.visit('postrouting', back.skb, { outDevice: 'lo' })
  expect(endsOf(out.skb.packet)).toBe('127.0.0.11 53 > 127.0.0.1 40000')
  expect(rulesOf(out)).toEqual([])
})
