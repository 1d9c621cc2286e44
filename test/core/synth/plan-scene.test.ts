import { describe, expect, test } from 'vitest'
import { planScene } from '../../../src/core/synth/plan/plan-scene.ts'
import type { Generation, SceneContainer, SceneNetwork } from '../../../src/core/synth/scene/scene.ts'
import { bridge, type DeclaredScene, idle, sceneFor } from './scenes/make-scene.ts'

function plan(declared: Partial<DeclaredScene>, generation: Generation = 28): ReturnType<typeof planScene> {
  return planScene(sceneFor({ name: 'test', networks: [], containers: [], ...declared }, generation))
}

const subnetsOf = (networks: readonly SceneNetwork[], rest: Partial<DeclaredScene> = {}): readonly unknown[] =>
  plan({ networks, ...rest })
    .plan.networks.filter(({ ipv4 }) => ipv4 !== null)
    .map(({ ipv4 }) => ipv4?.prefix)

const many = (count: number): readonly SceneNetwork[] => Array.from({ length: count }, (_, at) => bridge(`n${at}`))

describe('subnets', () => {
  test('are given in the order of the default pools', () => {
    const given = subnetsOf(many(16))
    expect(given.slice(0, 3)).toEqual(['172.17.0.0/16', '172.18.0.0/16', '172.19.0.0/16'])
    expect(given.slice(14)).toEqual(['172.31.0.0/16', '192.168.0.0/20', '192.168.16.0/20'])
  })

  test('are not given where the host has routes', () => {
    const nics = [{ name: 'ens5', addresses: ['172.18.5.1/24'], routes: [{ to: '172.19.0.0/20', via: '172.18.5.2' }] }]
    expect(subnetsOf(many(1), { host: { nics } })).toEqual(['172.17.0.0/16', '172.20.0.0/16'])
  })

  test('run out', () => {
    const options = { 'default-address-pools': [{ base: '10.0.0.0/23', size: 24 }] }
    const late = (generation: Generation) => plan({ networks: many(2), options }, generation).refusals
    expect(late(28)).toEqual([
      { path: 'networks[1]', message: 'all predefined address pools have been fully subnetted' },
    ])
    expect(late(20)[0]?.message).toBe(
      'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    )
  })

  test('are of IPv6 alone where IPv4 is off, which 20.10 does not know', () => {
    const told = (rest: Partial<SceneNetwork>, generation: Generation) => {
      const { plan: made, refusals } = plan({ networks: [bridge('a', { ipv4: false, ...rest })] }, generation)
      const { ipv4, ipv6 } = made.networks.find(({ name }) => name === 'a') ?? {}
      return [ipv4?.prefix, ipv6?.prefix, refusals[0]?.message]
    }
    const six = { ipv6: true, subnets: [{ subnet: 'fd00:9::/64' }] }
    expect(told(six, 28)).toEqual([undefined, 'fd00:9::/64', undefined])
    expect(told(six, 20)).toEqual(['172.18.0.0/16', 'fd00:9::/64', undefined])
    expect(told({}, 28)).toEqual([undefined, undefined, 'IPv4 or IPv6 must be enabled'])
    expect(told({}, 20)).toEqual(['172.18.0.0/16', undefined, undefined])
  })

  test('must not overlap', () => {
    const networks = [
      bridge('a', { subnets: [{ subnet: '10.0.0.0/8' }] }),
      bridge('b', { subnets: [{ subnet: '10.1.0.0/16' }] }),
    ]
    const words = 'Pool overlaps with other one on this address space'
    expect(plan({ networks }, 20).refusals).toEqual([{ path: 'networks[1]', message: words }])
    expect(plan({ networks }, 28).refusals).toEqual([
      { path: 'networks[1]', message: `invalid pool request: ${words}` },
    ])
  })

  test('keeps an address for one name only; Docker 28 draws which of the two it names', () => {
    const networks = [bridge('a', { subnets: [{ subnet: '10.60.0.0/24', aux: { a: '10.60.0.9', b: '10.60.0.9' } }] })]
    const words = 'failed to allocate secondary ip address (b:10.60.0.9): Address already in use'
    expect(plan({ networks }, 28).refusals).toMatchObject([{ message: words }])
  })
})

describe('addresses', () => {
  const fixed = (ipv4: string): SceneContainer => ({ name: `f${ipv4}`, networks: [{ network: 'own', ipv4 }] })
  const own = (rest: object = {}): readonly SceneNetwork[] => [
    bridge('own', { subnets: [{ subnet: '10.0.0.0/29', ...rest }] }),
  ]
  const given = (networks: readonly SceneNetwork[], containers: readonly SceneContainer[]) =>
    plan({ networks, containers }).plan.containers.map(({ endpoints }) => endpoints[0]?.ipv4 ?? null)

  test('are the lowest free ones, past what is kept', () => {
    const containers = [idle('a', 'own'), fixed('10.0.0.4'), idle('b', 'own'), idle('c', 'own')]
    expect(given(own({ aux: { router: '10.0.0.2' } }), containers)).toEqual([
      '10.0.0.3',
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
    ])
  })

  test('of containers that do not run are free', () => {
    expect(given(own(), [idle('a', 'own', { state: 'exited' }), idle('b', 'own')])).toEqual([null, '10.0.0.2'])
  })

  test.each<[string, readonly SceneContainer[], string]>([
    [
      'one that is taken',
      [fixed('10.0.0.2'), { ...fixed('10.0.0.2'), name: 'again' }],
      'failed to set up container networking: Address already in use',
    ],
    [
      'one elsewhere',
      [fixed('10.9.0.2')],
      'invalid config for network own: invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.9.0.2',
    ],
    [
      'no more',
      'abcdef'.split('').map((name) => idle(name, 'own')),
      "failed to set up container networking: no available IPv4 addresses on this network's address pools: own",
    ],
  ])("%s is refused in Docker's words", (_what, containers, message) => {
    const { refusals } = plan({ networks: own(), containers })
    expect(refusals.map((refusal) => refusal.message.replace(/ \([0-9a-f]{64}\)/, ''))).toEqual([message])
  })
})

describe('published ports', () => {
  const publish = (name: string, ...ports: readonly string[]): SceneContainer => ({ name, ports })
  const refusalsOf = (...containers: readonly SceneContainer[]): readonly string[] =>
    plan({ containers }).refusals.map(({ message }) => message)

  test('are refused when they are taken', () => {
    expect(refusalsOf(publish('a', '8080:80'), publish('b', '8080:81'))).toEqual([
      expect.stringContaining('Bind for 0.0.0.0:8080 failed: port is already allocated'),
    ])
    expect(refusalsOf(publish('a', '127.0.0.1:8080:80'), publish('b', '8080:81'))).toHaveLength(1)
    expect(refusalsOf(publish('a', '127.0.0.1:8080:80'), publish('b', '127.0.0.2:8080:81'))).toEqual([])
    expect(refusalsOf(publish('a', '8080:80'), publish('b', '8080:80/udp'))).toEqual([])
  })

  test('are free ones where none was asked for', () => {
    const { containers } = plan({ containers: [publish('a', '80'), publish('b', '80')] }).plan
    expect(containers.map(({ bindings }) => bindings[0]?.hostPort)).toEqual([32768, 32769])
  })
})
