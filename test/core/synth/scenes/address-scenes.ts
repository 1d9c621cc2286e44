import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

/** Subnets and addresses: chosen, kept, and of both IP versions. */
export const addressScenes: readonly DeclaredScene[] = [
  {
    name: 'own-subnet',
    networks: [bridge('own', { subnets: [{ subnet: '10.50.0.0/24' }] }), bridge('next')],
    containers: [idle('c1', 'own'), idle('c2', 'own'), idle('c3', 'next')],
  },
  {
    name: 'own-gateway',
    networks: [bridge('own', { subnets: [{ subnet: '10.50.0.0/24', gateway: '10.50.0.254' }] })],
    containers: [idle('c1', 'own'), idle('c2', 'own')],
  },
  {
    name: 'ip-range',
    networks: [
      bridge('own', { subnets: [{ subnet: '10.50.0.0/16', ipRange: '10.50.5.0/28' }] }),
      bridge('other', { subnets: [{ subnet: '10.60.0.0/16', ipRange: '10.60.5.0/28', gateway: '10.60.0.1' }] }),
    ],
    containers: [idle('c1', 'own'), idle('c2', 'own'), idle('c3', 'other')],
  },
  {
    name: 'kept-addresses',
    networks: [
      bridge('own', { subnets: [{ subnet: '10.50.0.0/24', aux: { router: '10.50.0.2', printer: '10.50.0.4' } }] }),
    ],
    containers: [idle('c1', 'own'), idle('c2', 'own'), idle('c3', 'own')],
  },
  {
    name: 'fixed-addresses',
    networks: [bridge('own', { subnets: [{ subnet: '10.50.0.0/24' }] })],
    containers: [
      idle('c1', undefined, { networks: [{ network: 'own', ipv4: '10.50.0.3' }] }),
      idle('c2', 'own'),
      idle('c3', 'own'),
      idle('c4', undefined, { networks: [{ network: 'own', ipv4: '10.50.0.77', mac: '02:42:0a:00:00:09' }] }),
    ],
  },
  {
    name: 'tiny-subnet',
    networks: [bridge('tiny', { subnets: [{ subnet: '10.50.0.0/29' }] })],
    containers: [idle('c1', 'tiny'), idle('c2', 'tiny')],
  },
  {
    name: 'pool-order',
    networks: Array.from({ length: 17 }, (_, index) => bridge(`n${String(index).padStart(2, '0')}`)),
    containers: [idle('c1', 'n13'), idle('c2', 'n16')],
  },
  {
    name: 'ipv6',
    networks: [bridge('six', { ipv6: true, subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }] })],
    containers: [
      webServer('c1', { networks: [{ network: 'six' }], ports: ['8080:80'] }),
      idle('c2', 'six'),
      idle('c3', undefined, { networks: [{ network: 'six', ipv6: 'fd00:50::77' }] }),
      idle('c4'),
    ],
  },
  {
    name: 'ipv6-half-chosen',
    networks: [bridge('six', { ipv6: true, subnets: [{ subnet: 'fd00:50::/64' }] })],
    containers: [webServer('c1', { networks: [{ network: 'six' }], ports: ['8080:80'] }), idle('c2')],
  },
  {
    name: 'ipv6-internal',
    networks: [
      bridge('six', { ipv6: true, internal: true, subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }] }),
    ],
    containers: [idle('c1', 'six'), idle('c2', 'six')],
  },
  {
    name: 'ipv6-no-icc-no-masquerade',
    networks: [
      bridge('six', {
        ipv6: true,
        subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64', gateway: 'fd00:50::ff' }],
        options: { [OPTION.icc]: 'false', [OPTION.masquerade]: 'false' },
      }),
    ],
    containers: [webServer('c1', { networks: [{ network: 'six' }], ports: ['8080:80'] }), idle('c2', 'six')],
  },
  {
    name: 'ipv6-routed',
    only: [28, 29],
    networks: [
      bridge('six', {
        ipv6: true,
        subnets: [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }],
        options: { [OPTION.mode6]: 'routed' },
      }),
    ],
    containers: [webServer('c1', { networks: [{ network: 'six' }], ports: ['8080:80'] }), idle('c2', 'six')],
  },
  {
    name: 'ipv6-only',
    only: [28, 29],
    networks: [bridge('six', { ipv4: false, ipv6: true, subnets: [{ subnet: 'fd00:50::/64' }] })],
    containers: [webServer('c1', { networks: [{ network: 'six' }], ports: ['8080:80'] }), idle('c2', 'six')],
  },
]
