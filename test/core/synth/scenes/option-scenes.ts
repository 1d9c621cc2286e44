import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

const DUAL = [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }]
const served = (network: string): ReturnType<typeof webServer> =>
  webServer('c1', { networks: [{ network }], ports: ['8080:80'] })

/** Options of networks that the other scenes leave at their defaults. */
export const optionScenes: readonly DeclaredScene[] = [
  {
    name: 'inhibit-address',
    networks: [bridge('bare', { subnets: [{ subnet: '10.50.0.0/24' }], options: { [OPTION.inhibit4]: 'true' } })],
    containers: [served('bare'), idle('c2', 'bare')],
  },
  {
    name: 'device-prefix',
    networks: [bridge('wired', { options: { [OPTION.prefix]: 'lan' } }), bridge('usual')],
    containers: [
      idle('c1', undefined, { networks: [{ network: 'wired' }, { network: 'usual' }] }),
      idle('c2', undefined, { networks: [{ network: 'usual' }, { network: 'wired' }] }),
    ],
  },
  {
    name: 'options-by-key',
    networks: [
      bridge('spelled', {
        options: { 'org.example.colour': 'red', [OPTION.icc]: '1', [OPTION.masquerade]: 'F', [OPTION.mtu]: '9000' },
        labels: { 'org.example.team': 'a=b', empty: '' },
      }),
    ],
    containers: [served('spelled')],
  },
  {
    name: 'named-modes',
    only: [28, 29],
    networks: [
      bridge('plain', { ipv6: true, subnets: DUAL, options: { [OPTION.mode4]: 'nat', [OPTION.mode6]: 'nat' } }),
    ],
    containers: [served('plain')],
  },
  {
    name: 'ipv6-ranges',
    networks: [
      bridge('six', {
        ipv6: true,
        subnets: [
          { subnet: '10.50.0.0/24', gateway: '10.50.0.9' },
          { subnet: 'fd00:50::/64', ipRange: 'fd00:50::100/120', gateway: 'fd00:50::1', aux: { box: 'fd00:50::101' } },
        ],
      }),
    ],
    containers: [idle('c1', 'six'), idle('c2', 'six')],
  },
  {
    name: 'ipv6-unprotected',
    only: [28, 29],
    networks: [bridge('six', { ipv6: true, subnets: DUAL, options: { [OPTION.mode6]: 'nat-unprotected' } })],
    containers: [served('six'), idle('c2')],
  },
  {
    name: 'ipv6-routed-both',
    only: [28, 29],
    networks: [
      bridge('six', { ipv6: true, subnets: DUAL, options: { [OPTION.mode4]: 'routed', [OPTION.mode6]: 'routed' } }),
    ],
    containers: [served('six'), idle('c2')],
  },
  {
    name: 'ipv6-isolated',
    only: [28, 29],
    networks: [
      bridge('shut', {
        ipv6: true,
        internal: true,
        subnets: DUAL,
        options: { [OPTION.mode4]: 'isolated', [OPTION.mode6]: 'isolated' },
      }),
    ],
    containers: [idle('c1', 'shut'), idle('c2', 'shut')],
  },
  {
    name: 'ipv6-leave-as-another',
    only: [28, 29],
    networks: [
      bridge('masked', {
        ipv6: true,
        subnets: DUAL,
        options: { [OPTION.leaveAs4]: '198.51.100.77', [OPTION.leaveAs6]: '2001:db8:51::77' },
      }),
    ],
    containers: [idle('c1', 'masked')],
  },
  {
    name: 'ipv6-trusted-interfaces',
    only: [28, 29],
    networks: [bridge('open', { ipv6: true, subnets: DUAL, options: { [OPTION.trusted]: 'ens5:docker0' } })],
    containers: [served('open')],
  },
  {
    name: 'macvlan-private',
    networks: [
      bridge('lan', {
        driver: 'macvlan',
        ipv6: true,
        subnets: [
          { subnet: '198.51.100.0/24', gateway: '198.51.100.1', aux: { host: '198.51.100.2' } },
          { subnet: '2001:db8:51::/64', gateway: '2001:db8:51::1' },
        ],
        options: { parent: 'ens5', macvlan_mode: 'private' },
      }),
      bridge('app'),
    ],
    containers: [
      idle('m1', 'lan'),
      webServer('m2', {
        networks: [{ network: 'app' }, { network: 'lan', ipv4: '198.51.100.99' }],
        ports: ['8080:80'],
      }),
    ],
  },
]
