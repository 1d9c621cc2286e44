import { describe, expect, test } from 'vitest'
import { planScene } from '../../../src/core/synth/plan/plan-scene.ts'
import { writeHostRules } from '../../../src/core/synth/rules/write-host-rules.ts'
import { OPTION } from '../../../src/core/synth/plan/option-names.ts'
import type { SceneNetwork } from '../../../src/core/synth/scene/scene.ts'
import { bridge, type DeclaredScene, idle, sceneFor, webServer } from './scenes/make-scene.ts'

/** Rules of one chain, as a real Docker 29 with the iptables backend printed them. */
type Rules = Readonly<Record<string, readonly string[]>>

const published = webServer('c1', { networks: [{ network: 'bridge1' }], ports: ['8080:80'] })

function one(rest: Partial<SceneNetwork> = {}, options: DeclaredScene['options'] = {}): DeclaredScene {
  const named = { ...rest, options: { [OPTION.name]: 'bridge1', ...rest.options } }
  const network = bridge('bridge1', { subnets: [{ subnet: '192.0.2.0/24' }], ...named })
  return { name: 'one', options, networks: [network], containers: [published] }
}

const ESTABLISHED = '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
const opened = '-d 192.0.2.2/32 ! -i bridge1 -o bridge1 -p tcp -m tcp --dport 80 -j ACCEPT'
const jumps = ['-j DOCKER-CT', '-j DOCKER-INTERNAL', '-j DOCKER-BRIDGE']
const direct = '-d 192.0.2.2/32 ! -i bridge1 -j DROP'

const cases: readonly (readonly [string, DeclaredScene, Rules])[] = [
  [
    'a published port',
    one(),
    {
      FORWARD: ['-j DOCKER-USER', '-j DOCKER-FORWARD'],
      'filter DOCKER': [opened, '! -i docker0 -o docker0 -j DROP', '! -i bridge1 -o bridge1 -j DROP'],
      'DOCKER-BRIDGE': ['-o docker0 -j DOCKER', '-o bridge1 -j DOCKER'],
      'DOCKER-CT': [`-o docker0 ${ESTABLISHED}`, `-o bridge1 ${ESTABLISHED}`],
      'DOCKER-FORWARD': [...jumps, '-i docker0 -j ACCEPT', '-i bridge1 -j ACCEPT'],
      'DOCKER-INTERNAL': [],
      'raw PREROUTING': [direct],
      POSTROUTING: ['-s 192.0.2.0/24 ! -o bridge1 -j MASQUERADE', '-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'],
      'nat OUTPUT': ['! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER'],
      'nat DOCKER': ['! -i bridge1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.0.2.2:80'],
    },
  ],
  [
    'no communication between containers',
    one({ options: { [OPTION.icc]: 'false' } }),
    {
      'DOCKER-FORWARD': [
        ...jumps,
        '-i docker0 -j ACCEPT',
        '-i bridge1 -o bridge1 -j DROP',
        '-i bridge1 ! -o bridge1 -j ACCEPT',
      ],
    },
  ],
  [
    'a routed network',
    one({ options: { [OPTION.mode4]: 'routed' } }),
    {
      'filter DOCKER': [
        opened,
        '! -i docker0 -o docker0 -j DROP',
        '-o bridge1 -p icmp -j ACCEPT',
        '! -i bridge1 -o bridge1 -j DROP',
      ],
      POSTROUTING: ['-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'],
      'nat DOCKER': [],
      'raw PREROUTING': [],
    },
  ],
  [
    'an unprotected network',
    one({ options: { [OPTION.mode4]: 'nat-unprotected' } }),
    {
      'filter DOCKER': ['! -i docker0 -o docker0 -j DROP', '! -i bridge1 -o bridge1 -j ACCEPT'],
      'nat DOCKER': ['! -i bridge1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.0.2.2:80'],
      'raw PREROUTING': [],
    },
  ],
  [
    'no proxy',
    one({}, { 'userland-proxy': false }),
    {
      POSTROUTING: [
        '-o bridge1 -m addrtype --src-type LOCAL -j MASQUERADE',
        '-s 192.0.2.0/24 ! -o bridge1 -j MASQUERADE',
        '-o docker0 -m addrtype --src-type LOCAL -j MASQUERADE',
        '-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
        '-s 192.0.2.2/32 -d 192.0.2.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE',
      ],
      'nat OUTPUT': ['-m addrtype --dst-type LOCAL -j DOCKER'],
      'nat DOCKER': ['-p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.0.2.2:80'],
    },
  ],
  [
    'an internal network',
    {
      name: 'internal',
      networks: [
        bridge('in', { internal: true, subnets: [{ subnet: '192.0.2.0/24' }], options: { [OPTION.name]: 'bridge1' } }),
      ],
      containers: [idle('c1', 'in')],
    },
    {
      'DOCKER-INTERNAL': ['! -s 192.0.2.0/24 -o bridge1 -j DROP', '! -d 192.0.2.0/24 -i bridge1 -j DROP'],
      'DOCKER-FORWARD': [...jumps, '-i docker0 -j ACCEPT', '-i bridge1 -o bridge1 -j ACCEPT'],
      'raw PREROUTING': [],
    },
  ],
]

/** Rules by chain, and by table and chain. */
function rulesByChain(text: string): Map<string, string[]> {
  const rules = new Map<string, string[]>()
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const [, chain = '', rule = ''] = /^-A (\S+) (.*)$/.exec(line) ?? []
    if (chain === '') continue
    for (const key of [chain, `${table} ${chain}`]) rules.set(key, [...(rules.get(key) ?? []), rule])
  }
  return rules
}

/** The layouts of a real Docker 29, as packets met them and as moby's own iptablesdoc prints them. */
describe('the rules of Docker 29', () => {
  test.each(cases)('%s', (_name, declared, expected) => {
    const text = writeHostRules(planScene(sceneFor(declared, 29)).plan).save('ip')
    const made = rulesByChain(text)
    expect(text).not.toContain('ISOLATION')
    for (const [chain, rules] of Object.entries(expected)) expect(made.get(chain) ?? [], chain).toEqual(rules)
  })
})
