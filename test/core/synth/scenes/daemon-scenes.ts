import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

const app: Pick<DeclaredScene, 'networks' | 'containers'> = {
  networks: [bridge('app')],
  containers: [
    webServer('web', { networks: [{ network: 'app' }], ports: ['8080:80'] }),
    webServer('on-default', { ports: ['8081:80'] }),
    idle('idle', 'app'),
  ],
}

/** What the daemon's own options change: each needs an engine of its own. */
export const daemonScenes: readonly DeclaredScene[] = [
  { name: 'daemon-no-icc', options: { icc: false }, ...app },
  {
    name: 'daemon-no-icc-links',
    options: { icc: false },
    networks: [],
    containers: [
      webServer('db', { exposes: ['5432/tcp', '53/udp'] }),
      idle('app', undefined, { networks: [{ network: 'bridge', links: ['db:database'] }] }),
    ],
  },
  { name: 'daemon-no-iptables', options: { iptables: false, ip6tables: false }, ...app },
  { name: 'daemon-no-ip6tables', only: [28, 29], options: { ip6tables: false }, ...app },
  { name: 'daemon-no-forwarding', options: { 'ip-forward': false }, ...app },
  { name: 'daemon-no-masquerade', options: { 'ip-masq': false }, ...app },
  { name: 'daemon-forward-no-drop', only: [28, 29], options: { 'ip-forward-no-drop': true }, ...app },
  { name: 'daemon-direct-routing', only: [28, 29], options: { 'allow-direct-routing': true }, ...app },
  { name: 'daemon-bip', options: { bip: '10.9.0.5/24' }, ...app },
  { name: 'daemon-fixed-cidr', options: { bip: '10.9.0.1/16', 'fixed-cidr': '10.9.4.0/24' }, ...app },
  {
    name: 'daemon-pools',
    options: {
      'default-address-pools': [
        { base: '10.30.0.0/16', size: 24 },
        { base: '10.40.0.0/24', size: 28 },
      ],
    },
    ...app,
  },
  { name: 'daemon-mtu', options: { mtu: 1400 }, ...app },
  { name: 'daemon-binds-to', options: { ip: '127.0.0.1' }, ...app },
  { name: 'daemon-dns', options: { dns: ['198.51.100.1'], 'dns-search': ['example.org'] }, ...app },
  {
    name: 'daemon-ipv6',
    options: { ipv6: true, 'fixed-cidr-v6': 'fd00:17::/64' },
    networks: [bridge('six', { ipv6: true, subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }] })],
    containers: [
      webServer('web', { ports: ['8081:80'] }),
      webServer('six-web', { networks: [{ network: 'six' }], ports: ['8080:80'] }),
    ],
  },
  {
    name: 'daemon-ip6tables',
    only: [20],
    options: { ipv6: true, 'fixed-cidr-v6': 'fd00:17::/64', ip6tables: true, experimental: true },
    networks: [bridge('six', { ipv6: true, subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }] })],
    containers: [
      webServer('web', { ports: ['8081:80'] }),
      webServer('six-web', { networks: [{ network: 'six' }], ports: ['8080:80'] }),
    ],
  },
  {
    name: 'daemon-no-proxy-all',
    options: { 'userland-proxy': false },
    networks: [
      bridge('app', { options: { [OPTION.icc]: 'false' } }),
      bridge('six', { ipv6: true, subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }] }),
      bridge('inside', { internal: true }),
    ],
    containers: [
      webServer('web', { networks: [{ network: 'app' }], ports: ['8080:80'] }),
      webServer('local', { ports: ['127.0.0.1:8081:80'] }),
      webServer('six-web', { networks: [{ network: 'six' }], ports: ['8082:80'] }),
      idle('inner', 'inside'),
    ],
  },
]
