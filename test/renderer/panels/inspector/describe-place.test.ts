import { describe, expect, it } from 'vitest'
import type { IptablesTable } from '../../../../src/core/host/ruleset.ts'
import {
  chainsAtHook,
  deviceFacts,
  findNamespace,
  networkFacts,
  socketWords,
} from '../../../../src/renderer/panels/inspector/describe-place.ts'
import { sampleHost } from '../sample-host.ts'

const HOST = sampleHost()
const NETNS = HOST.namespaces[0] as (typeof HOST.namespaces)[0]

function valuesOf(name: string, state = HOST): Record<string, string> {
  const device = NETNS.interfaces.find((each) => each.name === name)
  if (device === undefined) throw new Error(`no ${name}`)
  return Object.fromEntries(deviceFacts(device, state).map((fact) => [fact.name, fact.value]))
}

describe('deviceFacts', () => {
  it('names the bridge and the other end of a veth', () => {
    expect(valuesOf('vethc1')).toMatchObject({
      kind: 'veth',
      bridge: 'docker0',
      peer: 'eth0 in container:c1',
      mtu: '1500',
    })
    expect(valuesOf('docker0')).toMatchObject({ address: '172.17.0.1/16', state: 'up (UP)' })
  })

  it('says when the other end was not found, instead of nothing', () => {
    const device = {
      ...NETNS.interfaces.find((each) => each.name === 'vethc1'),
      peer: null,
    } as (typeof NETNS.interfaces)[0]
    expect(deviceFacts(device, HOST).find((fact) => fact.name === 'peer')?.value).toContain('not found')
  })
})

describe('networkFacts', () => {
  it('gives driver, subnet and gateway', () => {
    const network = HOST.networks.find((each) => each.name === 'net-a')
    const facts = network === undefined ? [] : networkFacts(network)
    expect(facts.map((fact) => fact.value)).toEqual(['net-a', 'bridge', '172.18.0.0/16', '172.18.0.1'])
  })
})

describe('chainsAtHook', () => {
  const rule = (text: string, chain: string) => ({ text, matches: [], target: { kind: 'jump' as const, chain } })
  const table = (name: 'nat' | 'filter' | 'raw', chains: IptablesTable['chains']): IptablesTable => {
    return { family: 'ip', backend: 'nft', name, chains }
  }

  it('follows jumps once, in the kernel’s order of tables', () => {
    const filter = table('filter', [
      { name: 'FORWARD', policy: 'DROP', rules: [rule('-A FORWARD -j A', 'A')] },
      { name: 'A', policy: null, rules: [rule('-A A -j A', 'A'), rule('-A A -j GONE', 'GONE')] },
      { name: 'INPUT', policy: 'ACCEPT', rules: [] },
    ])
    const raw = table('raw', [{ name: 'FORWARD', policy: 'ACCEPT', rules: [] }])
    const chains = chainsAtHook({ ...NETNS, rulesets: { ...NETNS.rulesets, iptables: [filter, raw] } }, 'forward')
    expect(chains?.map((chain) => [chain.title, chain.policy, chain.rules.length])).toEqual([
      ['raw FORWARD', 'ACCEPT', 0],
      ['filter FORWARD', 'DROP', 1],
      ['filter A', null, 2],
    ])
  })

  it('is null, and not empty, when the rules were not read', () => {
    expect(chainsAtHook({ ...NETNS, rulesets: { iptables: null, nft: null, ipsets: null } }, 'forward')).toBeNull()
    expect(chainsAtHook(NETNS, 'forward')).toEqual([])
  })
})

describe('small words', () => {
  it('prints a socket with its process and where a proxy leads', () => {
    const socket = {
      protocol: 'tcp',
      family: 4,
      address: '0.0.0.0',
      port: 8080,
      device: null,
      ipv6Only: false,
    } as const
    const proxy = { ...socket, process: { name: 'docker-proxy', pid: 7 }, proxyTo: { address: '172.17.0.4', port: 80 } }
    expect(socketWords(proxy)).toBe('tcp 0.0.0.0:8080 docker-proxy → 172.17.0.4:80')
    expect(socketWords({ ...socket, family: 6, address: '::', process: null, proxyTo: null })).toBe('tcp [::]:8080')
  })

  it('finds a namespace by the name that traces use', () => {
    expect(findNamespace(HOST, 'container:c1')?.id).toBe('ns-c1')
    expect(findNamespace(HOST, 'container:old')).toBeNull()
  })
})
