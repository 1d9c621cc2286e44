import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import { commandGaps, formatCommand } from '../../../src/core/manage/format-command.ts'
import { quoteShell } from '../../../src/core/manage/quote-shell.ts'

const CASES: readonly (readonly [ManageAction, string])[] = [
  [{ kind: 'create-network', network: { name: 'my-net' } }, 'docker network create my-net'],
  [
    {
      kind: 'create-network',
      network: {
        name: 'shop',
        driver: 'bridge',
        subnets: [
          { subnet: '10.5.0.0/16', gateway: '10.5.0.1', ipRange: '10.5.1.0/24', aux: { nas: '10.5.1.9' } },
          { subnet: 'fd00:5::/64' },
        ],
        ipv6: true,
        internal: true,
        attachable: true,
        options: { 'com.docker.network.bridge.name': 'br-shop', 'com.docker.network.driver.mtu': '1400' },
        labels: { team: 'web shop' },
      },
    },
    "docker network create -d bridge --subnet 10.5.0.0/16 --gateway 10.5.0.1 --ip-range 10.5.1.0/24 --aux-address nas=10.5.1.9 --subnet fd00:5::/64 --ipv6 --internal --attachable -o com.docker.network.bridge.name=br-shop -o com.docker.network.driver.mtu=1400 --label 'team=web shop' shop",
  ],
  [
    { kind: 'create-network', network: { name: 'six', ipv4: false, ipv6: true, internal: false } },
    'docker network create --ipv4=false --ipv6 six',
  ],
  [{ kind: 'remove-network', name: 'my-net' }, 'docker network rm my-net'],
  [{ kind: 'prune-networks' }, 'docker network prune -f'],
  [
    {
      kind: 'connect',
      container: 'web',
      endpoint: {
        network: 'my-net',
        aliases: ['www', 'shop'],
        ipv4: '10.5.0.9',
        ipv6: 'fd00:5::9',
        links: ['db:store'],
        priority: 3,
      },
    },
    'docker network connect --alias www --alias shop --ip 10.5.0.9 --ip6 fd00:5::9 --link db:store --gw-priority 3 my-net web',
  ],
  [{ kind: 'disconnect', container: 'web', network: 'my-net' }, 'docker network disconnect my-net web'],
  [
    { kind: 'run-container', container: { name: 'c', image: 'i', networks: [{ network: 'bridge' }] } },
    'docker run -d --name c --network bridge i',
  ],
  [
    // 20.10: "links are only supported for user-defined networks", where the default one is named.
    { kind: 'run-container', container: { name: 'c', image: 'i', networks: [{ network: 'bridge', links: ['db'] }] } },
    'docker run -d --name c --link db i',
  ],
  [
    {
      kind: 'run-container',
      container: {
        name: 'web',
        image: 'nginx:1.27',
        networks: [
          { network: 'front', aliases: ['www'], ipv4: '10.5.0.9', mac: '02:42:0a:05:00:09' },
          { network: 'back', aliases: ['web'] },
        ],
        ports: ['8080:80', '127.0.0.1:53:53/udp'],
        env: ['GREETING=hello world', "WHO=it's me"],
        dns: ['9.9.9.9'],
        dnsSearch: ['example.org'],
        extraHosts: ['nas:10.0.0.9'],
        hostname: 'web1',
        exposes: ['443/tcp'],
        labels: { tier: 'front' },
        command: ['sh', '-c', 'echo $HOME; sleep 1000'],
        listens: ['80/tcp'],
      },
    },
    "docker run -d --name web --network front --network-alias www --ip 10.5.0.9 --mac-address 02:42:0a:05:00:09 -p 8080:80 -p 127.0.0.1:53:53/udp -e 'GREETING=hello world' -e 'WHO=it'\\''s me' --dns 9.9.9.9 --dns-search example.org --add-host nas:10.0.0.9 --hostname web1 --expose 443/tcp --label tier=front nginx:1.27 sh -c 'echo $HOME; sleep 1000' && docker network connect --alias web back web",
  ],
  [
    { kind: 'run-container', container: { name: 'c1', image: 'busybox', networkMode: 'container:c0' } },
    'docker run -d --name c1 --network container:c0 busybox',
  ],
  [
    { kind: 'run-container', container: { name: 'c1', image: 'busybox', networks: [{ network: 'n', priority: 2 }] } },
    'docker run -d --name c1 --network name=n,gw-priority=2 busybox',
  ],
  [{ kind: 'container-verb', verb: 'unpause', name: 'web' }, 'docker unpause web'],
  [{ kind: 'rename-container', name: 'web', to: 'www' }, 'docker rename web www'],
  [{ kind: 'remove-container', name: 'web' }, 'docker rm -f web'],
  [{ kind: 'import-image', upload: 'x', file: 'my images.tar' }, "docker load -i 'my images.tar'"],
  [{ kind: 'remove-image', image: 'nginx:1.27' }, 'docker rmi nginx:1.27'],
]

describe('the command of an action', () => {
  it.each(CASES.map(([action, command]) => [command, action] as const))('%s', (command, action) => {
    expect(formatCommand(action)).toBe(command)
  })

  it('is taken apart by a shell into what was meant', () => {
    const words = ['plain', '', 'a b', "it's", '"$HOME"', '`ls`', 'a\\b', '*', '~', '#x', 'a;b', 'new\nline', 'é', '!']
    const line = `for word in ${quoteShell(words)}; do printf '%s\\0' "$word"; done`
    expect(spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1)).toEqual(words)
  })

  it('says what it leaves out', () => {
    const endpoint = { network: 'n', mac: '02:42:0a:05:00:09' }
    expect(commandGaps({ kind: 'connect', container: 'c', endpoint }).map(({ at }) => at)).toEqual(['endpoint.mac'])
    const networks = [endpoint, endpoint]
    const run = { kind: 'run-container', container: { name: 'c', image: 'i', networks } } as const
    expect(commandGaps(run).map(({ at }) => at)).toEqual(['container.networks[1].mac'])
    expect(commandGaps({ kind: 'prune-networks' })).toEqual([])
  })
})
