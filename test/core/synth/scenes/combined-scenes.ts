import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

const DUAL = [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }]
const SIX = { ipv6: true, 'fixed-cidr-v6': 'fd00:17::/64' } as const

const both: Pick<DeclaredScene, 'networks' | 'containers'> = {
  networks: [bridge('six', { ipv6: true, subnets: DUAL }), bridge('inside', { internal: true })],
  containers: [
    webServer('web', { ports: ['8081:80'] }),
    webServer('six-web', { networks: [{ network: 'six' }, { network: 'inside' }], ports: ['8080:80'] }),
    idle('idle', 'inside'),
  ],
}

/** Many options at once. */
export const combinedScenes: readonly DeclaredScene[] = [
  {
    name: 'all-of-a-network',
    networks: [
      bridge('whole', {
        ipv6: true,
        attachable: true,
        subnets: [
          { subnet: '10.50.0.0/16', ipRange: '10.50.5.0/28', gateway: '10.50.0.254', aux: { box: '10.50.5.1' } },
          { subnet: 'fd00:50::/64', gateway: 'fd00:50::ff' },
        ],
        options: {
          [OPTION.name]: 'br-whole',
          [OPTION.mtu]: '1400',
          [OPTION.icc]: 'false',
          [OPTION.masquerade]: 'false',
          [OPTION.bindTo]: '127.0.0.1',
        },
        labels: { team: 'web' },
      }),
      bridge('other'),
    ],
    containers: [
      webServer('c1', {
        networks: [{ network: 'whole' }, { network: 'other' }],
        ports: ['8080:80', '0.0.0.0:8081:80'],
      }),
      idle('c2', undefined, { networks: [{ network: 'other' }, { network: 'whole', ipv4: '10.50.5.9' }] }),
    ],
  },
  {
    name: 'all-of-an-internal-network',
    networks: [
      bridge('whole', {
        ipv6: true,
        internal: true,
        attachable: true,
        subnets: [{ subnet: '10.50.0.0/24', gateway: '10.50.0.254' }, { subnet: 'fd00:50::/64' }],
        options: {
          [OPTION.name]: 'br-inside',
          [OPTION.mtu]: '1400',
          [OPTION.icc]: 'false',
          [OPTION.masquerade]: 'false',
        },
      }),
    ],
    containers: [
      webServer('c1', { networks: [{ network: 'whole' }, { network: 'bridge' }], ports: ['8080:80'] }),
      idle('c2', 'whole'),
    ],
  },
  {
    name: 'routed-no-icc-no-masquerade',
    only: [28, 29],
    networks: [
      bridge('routed', {
        options: { [OPTION.mode4]: 'routed', [OPTION.icc]: 'false', [OPTION.masquerade]: 'false' },
      }),
      bridge('open', { options: { [OPTION.mode4]: 'nat-unprotected', [OPTION.icc]: 'false' } }),
    ],
    containers: [
      webServer('c1', { networks: [{ network: 'routed' }], ports: ['8080:80'] }),
      webServer('c2', { networks: [{ network: 'open' }, { network: 'routed' }], ports: ['8081:80'] }),
    ],
  },
  {
    name: 'leave-as-another-unmasked',
    networks: [bridge('masked', { options: { [OPTION.leaveAs4]: '198.51.100.77', [OPTION.masquerade]: 'false' } })],
    containers: [idle('c1', 'masked')],
  },
  {
    name: 'user-rules-six',
    networks: [bridge('six', { ipv6: true, subnets: DUAL })],
    containers: [webServer('web', { networks: [{ network: 'six' }], ports: ['8080:80'] })],
    rules: [
      { family: 6, command: '-A INPUT -p tcp --dport 22 -j ACCEPT' },
      { family: 6, command: '-A FORWARD -s fd00:50::2 -j DROP' },
      { family: 4, command: '-I DOCKER-USER -d 10.50.0.2 -p tcp --dport 80 -j REJECT' },
    ],
  },
  {
    name: 'daemon-no-iptables-no-proxy',
    options: { iptables: false, ip6tables: false, 'userland-proxy': false },
    ...both,
  },
  { name: 'daemon-little', options: { icc: false, 'ip-masq': false, 'ip-forward': false, mtu: 1400 }, ...both },
  { name: 'daemon-fixed-cidr-alone', options: { 'fixed-cidr': '172.17.8.0/24' }, ...both },
  {
    name: 'daemon-pools-six',
    only: [28, 29],
    options: {
      ipv6: true,
      'default-address-pools': [
        { base: '10.30.0.0/16', size: 24 },
        { base: 'fd00:30::/48', size: 64 },
      ],
    },
    networks: [bridge('one', { ipv6: true }), bridge('two', { ipv6: true, ipv4: false })],
    containers: [
      webServer('c1', { ports: ['8081:80'] }),
      webServer('c2', { networks: [{ network: 'one' }, { network: 'two' }], ports: ['8080:80'] }),
    ],
  },
  { name: 'daemon-ipv6-no-icc-no-proxy', options: { ...SIX, icc: false, 'userland-proxy': false }, ...both },
  {
    name: 'daemon-ip6tables-no-icc-no-proxy',
    only: [20],
    options: { ...SIX, ip6tables: true, experimental: true, icc: false, 'userland-proxy': false },
    ...both,
  },
  {
    name: 'daemon-open',
    only: [28, 29],
    options: { ...SIX, 'allow-direct-routing': true, 'ip-forward-no-drop': true, 'userland-proxy': false },
    ...both,
  },
]
