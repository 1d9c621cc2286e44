import fc from 'fast-check'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { anyNamespace } from './arbitrary-namespace.ts'
import { addresses4, addresses6, anyAddress, anyMac, namespaceIds } from './arbitrary-words.ts'

export const anyGap = fc.record({
  namespace: fc.constantFrom(null, ...namespaceIds, 'gone'),
  what: fc.constantFrom('iptables', 'nft', 'conntrack', 'sockets', 'interfaces', 'routes', 'namespace', 'sysctls', ''),
  why: fc.string(),
})

function anyContainer(id: string): fc.Arbitrary<HostState['containers'][number]> {
  return fc.record({
    id: fc.constant(`${id}0000000000000000`),
    name: fc.constant(id),
    image: fc.constant('image'),
    state: fc.constantFrom('running', 'running', 'running', 'exited', 'paused'),
    pid: fc.nat(99),
    hostname: fc.constant(id),
    networkMode: fc.constantFrom('bridge', 'host', 'none', 'container:n1', 'net'),
    namespace: fc.constantFrom(`container:${id}`, `container:${id}`, 'host', 'gone', null),
    endpoints: fc.array(
      fc.record({
        network: fc.constantFrom('bridge', 'net'),
        networkName: fc.constantFrom('bridge', 'net'),
        ipv4: fc.option(fc.constantFrom(...addresses4)),
        ipv6: fc.option(fc.constantFrom(...addresses6)),
        gateway: fc.option(fc.constantFrom(...addresses4)),
        mac: fc.option(anyMac),
        aliases: fc.array(fc.constantFrom('web', 'db', ''), { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
    published: fc.constant([]),
    exposed: fc.constant([]),
    labels: fc.constant({}),
    resolvConf: fc.option(
      fc.oneof(
        fc.constant('nameserver 127.0.0.11\n# ExtServers: [host(198.51.100.1)]\n'),
        fc.constant('nameserver 198.51.100.1'),
        fc.string(),
      ),
    ),
    hosts: fc.option(fc.oneof(fc.constant('172.17.0.2 web\n'), fc.string())),
  })
}

/** Any host that has the shape of one: namespaces that nobody refers to, references to what is not there. */
export const anyHost: fc.Arbitrary<HostState> = fc.record({
  schema: fc.constant('hopwire.host/1'),
  origin: fc.constantFrom('probe', 'api', 'sandbox'),
  capturedAt: fc.constant('2026-01-01T00:00:00Z'),
  hostname: fc.constant('fuzz'),
  kernel: fc.constant('6.1.0'),
  engine: fc.record({
    name: fc.constant('docker'),
    version: fc.constant('28.5.2'),
    apiVersion: fc.constant('1.51'),
    generation: fc.constantFrom(0, 20, 28),
    rootless: fc.constant(false),
    userlandProxy: fc.constantFrom(true, null),
  }),
  namespaces: fc.tuple(...namespaceIds.map(anyNamespace)),
  containers: fc.tuple(anyContainer('n1'), anyContainer('n2')),
  networks: fc.constant([]),
  names: fc.array(
    fc.record({
      namespace: fc.constantFrom(...namespaceIds, 'gone'),
      name: fc.constantFrom('example.com', 'web.', 'nothing'),
      server: fc.oneof(anyAddress, fc.string()),
      status: fc.constantFrom('NOERROR', 'NXDOMAIN', 'SERVFAIL', 'TIMEOUT', 'REFUSED'),
      addresses: fc.array(anyAddress, { maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
  gaps: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(anyGap, { maxLength: 3 }) },
  ),
}) as fc.Arbitrary<HostState>
