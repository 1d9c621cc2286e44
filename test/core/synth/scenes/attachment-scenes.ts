import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

const DUAL = [{ subnet: '10.50.0.0/24' }, { subnet: 'fd00:50::/64' }]

/** What is given on `docker run` and `docker network connect`, beyond the usual. */
export const attachmentScenes: readonly DeclaredScene[] = [
  {
    name: 'connected-with-all',
    networks: [bridge('six', { ipv6: true, subnets: DUAL }), bridge('app')],
    containers: [
      webServer('db', { networks: [{ network: 'six' }] }),
      idle('c1', undefined, {
        networks: [
          { network: 'app' },
          {
            network: 'six',
            ipv4: '10.50.0.40',
            ipv6: 'fd00:50::40',
            aliases: ['reader', 'api'],
            links: ['db:database'],
          },
        ],
      }),
      idle('c2', undefined, { networks: [{ network: 'bridge' }, { network: 'app', aliases: ['api'] }] }),
    ],
  },
  {
    name: 'own-mac',
    networks: [bridge('six', { ipv6: true, subnets: DUAL })],
    containers: [
      idle('c1', undefined, { networks: [{ network: 'bridge', mac: '02:42:0a:00:00:09' }] }),
      idle('c2', undefined, {
        networks: [{ network: 'six', mac: '02:42:0a:00:00:0a', ipv4: '10.50.0.9', ipv6: 'fd00:50::9' }],
      }),
    ],
  },
  {
    name: 'gateway-priority-of-three',
    only: [28, 29],
    networks: [bridge('alpha'), bridge('beta', { ipv6: true, subnets: DUAL }), bridge('gamma', { internal: true })],
    containers: [
      webServer('c1', {
        networks: [{ network: 'beta', priority: 7 }, { network: 'alpha' }, { network: 'gamma', priority: 9 }],
        ports: ['8080:80'],
      }),
      webServer('c2', {
        networks: [{ network: 'alpha' }, { network: 'beta', priority: -1 }],
        ports: ['8081:80'],
      }),
    ],
  },
  {
    name: 'a-way-out-each',
    only: [28, 29],
    networks: [bridge('four'), bridge('six', { ipv4: false, ipv6: true, subnets: [{ subnet: 'fd00:50::/64' }] })],
    containers: [
      webServer('c1', { networks: [{ network: 'four' }, { network: 'six' }], ports: ['8080:80'] }),
      webServer('c2', { networks: [{ network: 'six' }, { network: 'four' }], ports: ['8081:80', '127.0.0.1:8082:80'] }),
    ],
  },
  {
    name: 'ports-again',
    networks: [bridge('app')],
    containers: [
      webServer('twice', { networks: [{ network: 'app' }], ports: ['8080:80', '8081:80', '0.0.0.0:8082:80'] }),
      webServer('both', { ports: ['5300:53', '5300:53/udp', '127.0.0.1:5301:54/udp'] }),
      webServer('range', {
        networks: [{ network: 'app' }],
        // Larger on both sides, or 20.10 sorts them as they come out of a map (go-connections nat.SortPortMap).
        ports: ['9000-9002:9000-9002/udp', '127.0.0.1:9100-9101:9080-9081'],
      }),
    ],
  },
  {
    name: 'port-on-the-card',
    only: [20],
    networks: [],
    containers: [webServer('c1', { ports: ['198.51.100.10:8080:80', '[2001:db8:51::10]:8081:80'] })],
  },
  {
    name: 'port-on-the-card-28',
    only: [28],
    networks: [bridge('six', { ipv6: true, subnets: DUAL })],
    containers: [
      webServer('c1', { ports: ['198.51.100.20:8080:80', '[2001:db8:51::20]:8081:80'] }),
      webServer('c2', {
        networks: [{ network: 'six' }],
        ports: ['198.51.100.20:8082:80', '[2001:db8:51::20]:8083:80'],
      }),
    ],
  },
  {
    name: 'ports-of-dockers-choice',
    only: [28],
    // An engine of its own: the last port that was given is remembered.
    options: { 'userland-proxy': true },
    networks: [bridge('app')],
    containers: [
      webServer('c1', { networks: [{ network: 'app' }], ports: ['80'] }),
      webServer('c2', { ports: ['81/udp', '127.0.0.1::82', '80'] }),
    ],
  },
  {
    name: 'modes-with-more',
    networks: [bridge('app')],
    containers: [
      idle('on-host', undefined, { networkMode: 'host', dns: ['198.51.100.1'] }),
      idle('with-host', undefined, { networkMode: 'container:on-host' }),
      idle('alone', undefined, { networkMode: 'none', hostname: 'hermit', extraHosts: ['db:192.0.2.7'] }),
      idle('with-alone', undefined, { networkMode: 'container:alone' }),
      webServer('web', {
        networks: [{ network: 'app' }, { network: 'bridge' }],
        hostname: 'front',
        dns: ['198.51.100.1'],
        ports: ['8080:80'],
      }),
      idle('beside', undefined, { networkMode: 'container:web', env: ['COLOUR=red'] }),
    ],
  },
  {
    name: 'servers-of-all-kinds',
    networks: [bridge('six', { ipv6: true, subnets: DUAL })],
    containers: [
      idle('two', 'six', { dns: ['198.51.100.1', '203.0.113.53'], hostname: 'two.example.org' }),
      idle('six-server', 'six', { dns: ['2001:db8:51::1'] }),
      idle('no-search', 'six', { dnsSearch: ['.'] }),
      idle('hosts', 'six', { extraHosts: ['db:2001:db8:51::7', 'db:192.0.2.7'], exposes: ['80/tcp', '7/sctp'] }),
    ],
  },
]
