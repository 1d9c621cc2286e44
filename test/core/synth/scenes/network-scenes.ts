import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

/** Kinds of networks and of attachments, one by one and together. */
export const networkScenes: readonly DeclaredScene[] = [
  {
    name: 'no-masquerade',
    networks: [bridge('plain', { options: { [OPTION.masquerade]: 'false' } })],
    containers: [webServer('c1', { networks: [{ network: 'plain' }], ports: ['8080:80'] })],
  },
  {
    name: 'bridge-name-and-labels',
    networks: [bridge('named', { attachable: true, options: { [OPTION.name]: 'br-own' }, labels: { team: 'web' } })],
    containers: [idle('c1', 'named', { labels: { role: 'idle' } })],
  },
  {
    name: 'network-mtu',
    networks: [
      bridge('small', { options: { [OPTION.mtu]: '1400' } }),
      bridge('empty', { options: { [OPTION.mtu]: '1300' } }),
    ],
    containers: [idle('c1', 'small'), idle('c2')],
  },
  {
    name: 'host-binding',
    networks: [bridge('bound', { options: { [OPTION.bindTo]: '127.0.0.1' } })],
    containers: [webServer('c1', { networks: [{ network: 'bound' }], ports: ['8080:80'] })],
  },
  {
    name: 'leave-as-another',
    networks: [bridge('masked', { options: { [OPTION.leaveAs4]: '198.51.100.77' } })],
    containers: [idle('c1', 'masked')],
  },
  {
    name: 'two-networks',
    networks: [bridge('zeta'), bridge('alpha')],
    containers: [
      webServer('c1', { networks: [{ network: 'zeta' }, { network: 'alpha' }], ports: ['8080:80'] }),
      idle('c2', 'alpha'),
      webServer('c3', { networks: [{ network: 'alpha' }, { network: 'zeta' }], ports: ['8081:80'] }),
    ],
  },
  {
    name: 'gateway-priority',
    only: [28, 29],
    networks: [bridge('alpha'), bridge('beta')],
    containers: [
      webServer('c1', { networks: [{ network: 'alpha' }, { network: 'beta', priority: 5 }], ports: ['8080:80'] }),
      idle('c2', 'beta'),
    ],
  },
  {
    name: 'internal-and-open',
    networks: [bridge('back', { internal: true }), bridge('front')],
    containers: [
      webServer('proxy', { networks: [{ network: 'back' }, { network: 'front' }], ports: ['8080:80'] }),
      webServer('database', { networks: [{ network: 'back' }] }),
      webServer('published', { networks: [{ network: 'back' }], ports: ['8090:80'] }),
    ],
  },
  {
    name: 'three-tiers',
    networks: [bridge('public-net-1'), bridge('private-net-1')],
    containers: [
      webServer('nginx', { networks: [{ network: 'public-net-1' }], ports: ['80:80'] }),
      webServer('flask', { networks: [{ network: 'public-net-1' }, { network: 'private-net-1' }] }),
      idle('mongo', 'private-net-1'),
    ],
  },
  {
    name: 'several-behind-one-name',
    networks: [bridge('app')],
    containers: [
      webServer('flask-1', { networks: [{ network: 'app', aliases: ['flask'] }] }),
      webServer('flask-2', { networks: [{ network: 'app', aliases: ['flask', 'api'] }] }),
      webServer('nginx', { networks: [{ network: 'app', links: ['flask-1:backend'] }], ports: ['8080:80'] }),
    ],
  },
  {
    name: 'other-modes',
    networks: [bridge('app')],
    containers: [
      webServer('web', { networks: [{ network: 'app' }], ports: ['8080:80'] }),
      idle('beside', undefined, { networkMode: 'container:web' }),
      idle('on-host', undefined, { networkMode: 'host' }),
      idle('alone', undefined, { networkMode: 'none' }),
    ],
  },
  {
    name: 'states',
    networks: [bridge('app')],
    containers: [
      webServer('paused', { networks: [{ network: 'app' }], state: 'paused', ports: ['8080:80'] }),
      idle('exited', 'app', { state: 'exited', ports: ['8081:80'] }),
      idle('created', 'app', { state: 'created', ports: ['8082:80'] }),
      idle('running', 'app'),
    ],
  },
  {
    name: 'ports-of-all-kinds',
    networks: [bridge('app')],
    containers: [
      webServer('several', { ports: ['8080:80', '8443:443', '9000:9000/udp'] }),
      webServer('ranges', { networks: [{ network: 'app' }], ports: ['7000-7002:8000-8002'] }),
      webServer('addresses', { ports: ['127.0.0.1:8081:80', '127.0.0.2:8082:81'] }),
      webServer('six', { ports: ['[::1]:8083:80', '[::]:8084:81'] }),
      idle('exposed', undefined, { exposes: ['5000/tcp', '5001/udp'] }),
    ],
  },
  {
    name: 'names-and-servers',
    networks: [bridge('app')],
    containers: [
      idle('plain', 'app', { hostname: 'called' }),
      idle('served', 'app', { dns: ['198.51.100.1'], dnsSearch: ['example.org'] }),
      idle('served-default', undefined, { dns: ['198.51.100.1'], dnsSearch: ['example.org', 'example.net'] }),
      idle('hosts', undefined, { extraHosts: ['db:192.0.2.7', 'here:host-gateway'] }),
      idle('hosts-app', 'app', { extraHosts: ['db:192.0.2.7'] }),
    ],
  },
  {
    name: 'links-on-default-bridge',
    networks: [],
    containers: [
      webServer('db', { exposes: ['5432/tcp'] }),
      idle('app', undefined, { networks: [{ network: 'bridge', links: ['db:database'] }] }),
    ],
  },
  {
    name: 'macvlan',
    networks: [
      bridge('lan', {
        driver: 'macvlan',
        subnets: [{ subnet: '198.51.100.0/24', gateway: '198.51.100.1', ipRange: '198.51.100.192/29' }],
        options: { parent: 'ens5' },
      }),
    ],
    containers: [idle('m1', 'lan'), idle('m2', 'lan'), idle('c1')],
  },
  {
    name: 'user-rules',
    networks: [bridge('app')],
    containers: [webServer('web', { networks: [{ network: 'app' }], ports: ['8080:80'] }), idle('c1')],
    rules: [
      { command: '-I DOCKER-USER -s 172.17.0.2 -j DROP' },
      { command: '-I DOCKER-USER 2 -i ens5 -p tcp --dport 80 -j ACCEPT' },
      { command: '-A INPUT -p tcp --dport 22 -j ACCEPT' },
      { command: '-t nat -A POSTROUTING -o ens5 -j MASQUERADE' },
      { command: '-N OWN' },
      { command: '-A OWN -m conntrack --ctstate INVALID -j DROP' },
      { command: '-A INPUT -j OWN' },
    ],
  },
  {
    name: 'trusted-interfaces',
    only: [28, 29],
    networks: [bridge('open', { options: { [OPTION.trusted]: 'ens5' } })],
    containers: [webServer('c1', { networks: [{ network: 'open' }] })],
  },
  {
    name: 'isolated-gateway',
    only: [28, 29],
    networks: [bridge('shut', { internal: true, options: { [OPTION.mode4]: 'isolated' } })],
    containers: [idle('c1', 'shut'), idle('c2', 'shut')],
  },
]
