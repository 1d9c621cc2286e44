import { expect, test } from 'vitest'
import { nameBasis } from '../../../src/core/host/name-basis.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { NetNamespace } from '../../../src/core/host/namespace.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const host = readStandardHost()
const changed = (change: (netns: NetNamespace) => Partial<NetNamespace>): HostState => {
  const [first, ...others] = host.namespaces
  return first === undefined ? host : { ...host, namespaces: [{ ...first, ...change(first) }, ...others] }
}

test.each([
  ['connections', changed(() => ({ conntrack: [] }))],
  ['how many they are', changed(({ sysctls }) => ({ sysctls: { ...sysctls, 'netfilter/nf_conntrack_count': '77' } }))],
  ['neighbours', changed(() => ({ neighbors: [] }))],
  ['names that were asked for', { ...host, names: [] }],
])('%s come and go without changing what a trace was made on', (_, state) => {
  expect(nameBasis(state)).toBe(nameBasis(host))
})

test.each([
  ['a sysctl', changed(({ sysctls }) => ({ sysctls: { ...sysctls, 'ipv4/ip_forward': '0' } }))],
  ['a route less', changed(({ routes }) => ({ routes: routes.slice(1) }))],
  ['a route further back', changed(({ routes }) => ({ routes: [...routes.slice(1), ...routes.slice(0, 1)] }))],
  ['a container less', { ...host, containers: host.containers.slice(1) }],
  ['a network less', { ...host, networks: host.networks.slice(1) }],
])('%s is another host', (_, state) => {
  expect(nameBasis(state)).not.toBe(nameBasis(host))
})
