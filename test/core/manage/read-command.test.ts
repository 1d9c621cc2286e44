import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkAction } from '../../../src/core/manage/check-action.ts'
import { readCommand } from '../../../src/core/manage/read-command.ts'

const actions: readonly (readonly [string, unknown])[] = [
  ['docker network create my-net', { kind: 'create-network', network: { name: 'my-net' } }],
  [
    'docker network create --internal --subnet 10.9.0.0/24 --gateway=10.9.0.9 -o com.docker.network.driver.mtu=1400 n1',
    {
      kind: 'create-network',
      network: {
        name: 'n1',
        internal: true,
        subnets: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.9' }],
        options: { 'com.docker.network.driver.mtu': '1400' },
      },
    },
  ],
  [
    "docker network create -d macvlan --subnet 192.0.2.0/24 -o parent=ens5 'lan'",
    {
      kind: 'create-network',
      network: { name: 'lan', driver: 'macvlan', subnets: [{ subnet: '192.0.2.0/24' }], options: { parent: 'ens5' } },
    },
  ],
  [
    'sudo docker run -d --name web -p 8080:80 busybox httpd -f',
    {
      kind: 'run-container',
      container: { name: 'web', image: 'busybox', ports: ['8080:80'], command: ['httpd', '-f'], listens: ['80/tcp'] },
    },
  ],
  [
    'docker run -d --name mongo \\\n  --network private --network-alias db busybox nc -lk -p 27017 -e cat',
    {
      kind: 'run-container',
      container: {
        name: 'mongo',
        image: 'busybox',
        networks: [{ network: 'private', aliases: ['db'] }],
        command: ['nc', '-lk', '-p', '27017', '-e', 'cat'],
        listens: ['27017/tcp'],
      },
    },
  ],
  [
    'docker run -dit --name h1 --network host busybox sh',
    { kind: 'run-container', container: { name: 'h1', image: 'busybox', networkMode: 'host', command: ['sh'] } },
  ],
  [
    'docker run -d --name c1 --ip 172.17.0.9 busybox',
    {
      kind: 'run-container',
      container: { name: 'c1', image: 'busybox', networks: [{ network: 'bridge', ipv4: '172.17.0.9' }] },
    },
  ],
  [
    'docker run -d --name c1 --network default --network-alias db busybox',
    {
      kind: 'run-container',
      container: { name: 'c1', image: 'busybox', networks: [{ network: 'bridge', aliases: ['db'] }] },
    },
  ],
  [
    'docker run -d --name c1 --net default busybox',
    { kind: 'run-container', container: { name: 'c1', image: 'busybox' } },
  ],
  [
    'docker run -d --name c1 --network n1 --ip 10.9.0.8 --ip6=fd00::8 --ip 10.9.0.9 busybox',
    {
      kind: 'run-container',
      container: { name: 'c1', image: 'busybox', networks: [{ network: 'n1', ipv4: '10.9.0.9', ipv6: 'fd00::8' }] },
    },
  ],
  [
    'docker run -d --name c1 --network host --ip6 fd00::8 busybox',
    {
      kind: 'run-container',
      container: {
        name: 'c1',
        image: 'busybox',
        networkMode: 'host',
        networks: [{ network: 'host', ipv6: 'fd00::8' }],
      },
    },
  ],
  [
    'docker network connect --alias store --ip 172.18.0.9 my-net c1',
    { kind: 'connect', container: 'c1', endpoint: { network: 'my-net', aliases: ['store'], ipv4: '172.18.0.9' } },
  ],
  ['docker network disconnect my-net c1', { kind: 'disconnect', container: 'c1', network: 'my-net' }],
  ['docker rm -f c1', { kind: 'remove-container', name: 'c1' }],
  ['docker stop c1', { kind: 'container-verb', verb: 'stop', name: 'c1' }],
]

test.each(actions)('%s is an action', (line, action) => {
  const read = readCommand(line)
  expect(read).toEqual({ kind: 'action', action })
  expect(read.kind === 'action' && checkAction(read.action).ok).toBe(true)
})

test.each([
  ['docker exec container1 ping -c 1 172.17.0.3', { from: 'container1', to: '172.17.0.3', protocol: 'icmp' }],
  [
    'docker exec -it flask wget -qO- http://nginx:8000/x',
    { from: 'flask', to: 'nginx', protocol: 'tcp', destinationPort: 8000 },
  ],
  ['curl localhost:8080', { from: 'host', to: '127.0.0.1', protocol: 'tcp', destinationPort: 8080 }],
  ['docker exec nginx nc -w 2 mongo 27017', { from: 'nginx', to: 'mongo', protocol: 'tcp', destinationPort: 27017 }],
])('%s is a flow', (line, flow) => {
  expect(readCommand(line)).toEqual({ kind: 'flow', flow })
})

describe('what is not understood whole is for a terminal', () => {
  test.each([
    'docker network create --ipam-driver x n1',
    'docker run --name web busybox',
    'docker run -d --rm --name web busybox',
    'docker run -d busybox sleep 1',
    'docker run -d --name c1 --network container:web --ip 172.17.0.9 busybox',
    'docker run -d --name c1 --network container:web --network-alias x busybox',
    'docker network rm a b',
    'docker network ls',
    'docker rm -f c1; rm -rf /',
    'docker run -d --name $(id) busybox',
    'iptables -L',
    "docker rm 'c1",
    '',
  ])('%s', (line) => expect(readCommand(line)).toEqual({ kind: 'terminal' }))
})

test.each(['sudo iptables -I DOCKER-USER -j DROP', 'docker compose up -d', 'sudo apt-get install -y docker.io'])(
  '%s changes the host',
  (line) => expect(readCommand(line)).toEqual({ kind: 'host' }),
)

test('no line throws', () => {
  const piece = fc.oneof(
    fc.constantFrom('docker', 'run', 'network', 'create', '-d', '--name', '-p', '=', '"', "'", '\\\n', 'exec', 'nc'),
    fc.string(),
  )
  fc.assert(fc.property(fc.array(piece), (pieces) => void readCommand(pieces.join(' '))))
})
