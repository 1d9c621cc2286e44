import { describe, expect, it } from 'vitest'
import { buildAction } from '../../../src/renderer/store/manage-build-action.ts'
import {
  EMPTY_SUBNET,
  emptyDraft,
  type NetworkDraft,
  type RunDraft,
} from '../../../src/renderer/store/manage-drafts.ts'
import { readCommand, readPairs } from '../../../src/renderer/store/manage-read-lists.ts'

const network = (change: Partial<NetworkDraft>) =>
  buildAction({ ...emptyDraft('create-network'), name: 'my-net', ...change })
const run = (change: Partial<RunDraft>) =>
  buildAction({ ...emptyDraft('run-container'), image: 'nginx', name: 'web', ...change })

describe('the action of a network dialog', () => {
  it('says only what was filled in, so that Docker’s defaults hold', () => {
    expect(network({}).action).toEqual({ kind: 'create-network', network: { name: 'my-net' } })
  })

  it('carries every field', () => {
    const { action } = network({
      subnets: [
        {
          subnet: ' 172.30.0.0/16 ',
          gateway: '172.30.0.254',
          ipRange: '172.30.5.0/24',
          aux: 'nas=172.30.0.9, tv=172.30.0.8',
        },
        { ...EMPTY_SUBNET, subnet: 'fd00:30::/64' },
      ],
      ipv4: false,
      ipv6: true,
      internal: true,
      attachable: true,
      icc: 'false',
      masquerade: 'true',
      mtu: '1400',
      bridge: 'br-mine',
      labels: 'team=net\nempty',
      options: 'com.docker.network.bridge.gateway_mode_ipv4=routed',
    })
    expect(action).toEqual({
      kind: 'create-network',
      network: {
        name: 'my-net',
        subnets: [
          {
            subnet: '172.30.0.0/16',
            gateway: '172.30.0.254',
            ipRange: '172.30.5.0/24',
            aux: { nas: '172.30.0.9', tv: '172.30.0.8' },
          },
          { subnet: 'fd00:30::/64' },
        ],
        ipv4: false,
        ipv6: true,
        internal: true,
        attachable: true,
        options: {
          'com.docker.network.bridge.enable_icc': 'false',
          'com.docker.network.bridge.enable_ip_masquerade': 'true',
          'com.docker.network.driver.mtu': '1400',
          'com.docker.network.bridge.name': 'br-mine',
          'com.docker.network.bridge.gateway_mode_ipv4': 'routed',
        },
        labels: { team: 'net', empty: '' },
      },
    })
  })

  it('leaves the fields of a bridge to bridges', () => {
    const { action } = network({ driver: 'macvlan', parent: 'ens5', icc: 'false', bridge: 'br-mine' })
    expect(action).toEqual({
      kind: 'create-network',
      network: { name: 'my-net', driver: 'macvlan', options: { parent: 'ens5' } },
    })
  })

  it('counts only rows with something in them, and says what is wrong with one at its field', () => {
    const built = network({ subnets: [EMPTY_SUBNET, { ...EMPTY_SUBNET, subnet: '10.0.0.0/33' }] })
    expect(built.action).toBeNull()
    expect(built.problems).toEqual([
      { at: 'network.subnets[0].subnet', severity: 'error', message: '"10.0.0.0/33" is not a prefix (10.0.0.0/8).' },
    ])
  })

  it.each([
    ['nas', 'network.subnets[0].aux["nas"]', 'An IP address is needed here.'],
    ['=10.0.0.9', 'network.subnets[0].aux', '“=10.0.0.9” has nothing before the equals sign.'],
  ])('says what is wrong with the auxiliary address %s', (aux, at, words) => {
    const { problems } = network({ subnets: [{ ...EMPTY_SUBNET, subnet: '10.0.0.0/24', aux }] })
    expect(problems).toEqual([{ at, severity: 'error', message: words }])
  })

  it('tells what is missing apart from what is wrong', () => {
    const built = network({ name: ' ' })
    expect(built).toMatchObject({ action: null, problems: [], missing: [{ at: 'network.name' }] })
  })

  it('refuses an option that a field of its own sets, too', () => {
    const built = network({ mtu: '1400', options: 'com.docker.network.driver.mtu=9000' })
    expect(built.problems).toMatchObject([{ at: 'network.options' }])
  })
})

describe('the action of a run dialog', () => {
  it('leaves the default bridge to Docker, and names another network with its endpoint', () => {
    expect(run({}).action).toEqual({ kind: 'run-container', container: { image: 'nginx', name: 'web' } })
    expect(run({ network: 'my-net', aliases: 'a, b', ipv4: '172.18.0.9' }).action).toMatchObject({
      container: { networks: [{ network: 'my-net', aliases: ['a', 'b'], ipv4: '172.18.0.9' }] },
    })
    expect(run({ network: 'container:db' }).action).toMatchObject({ container: { networkMode: 'container:db' } })
  })

  it('asks the default bridge only for what it can do, and keeps the rest for another network', () => {
    const rare = { links: 'db:store, cache', mac: '02-42-AC-11-00-09' }
    const typed = { ...rare, aliases: 'a', ipv4: '172.18.0.9', ipv6: 'fd00::9', priority: '3' }
    const endpoint = { links: ['db:store', 'cache'], mac: '02:42:ac:11:00:09' }
    const withNetwork = (one: object) => ({
      kind: 'run-container',
      container: { image: 'nginx', name: 'web', networks: [one] },
    })
    const rest = { aliases: ['a'], ipv4: '172.18.0.9', ipv6: 'fd00::9', priority: 3 }
    expect(run(typed).action).toEqual(withNetwork({ network: 'bridge', ...endpoint }))
    expect(run({ ...typed, network: 'my-net' }).action).toEqual(
      withNetwork({ network: 'my-net', ...endpoint, ...rest }),
    )
  })

  it('reads its lists as they are typed', () => {
    const { action } = run({
      ports: '8080:80 127.0.0.1:53:53/udp',
      command: `sh -c 'echo "a b"; sleep 9'`,
      env: 'A=1 2\n\nB=',
      dns: '9.9.9.9',
      dnsSearch: 'corp.example, example',
      extraHosts: 'api:10.0.0.7',
      listens: '80/tcp',
    })
    expect(action).toMatchObject({
      container: {
        ports: ['8080:80', '127.0.0.1:53:53/udp'],
        command: ['sh', '-c', 'echo "a b"; sleep 9'],
        env: ['A=1 2', 'B='],
        dns: ['9.9.9.9'],
        dnsSearch: ['corp.example', 'example'],
        extraHosts: ['api:10.0.0.7'],
        listens: ['80/tcp'],
      },
    })
  })

  it.each([
    ['a port', { ports: '80:80:80:80' }, 'container.ports[0]'],
    ['a command without an end', { command: 'sh -c "x' }, 'container.command'],
    ['a MAC address', { mac: '02:42' }, 'container.networks[0].mac'],
    ['a link', { links: 'a:b:c' }, 'container.networks[0].links'],
    ['an address', { network: 'my-net', ipv4: '172.18.0' }, 'container.networks[0].ipv4'],
    ['a name', { name: '-x' }, 'container.name'],
    ['a priority', { network: 'my-net', priority: 'high' }, 'container.networks[0].priority'],
  ] as const)('says what is wrong with %s at its field', (_, change, at) => {
    const built = run(change)
    expect(built.action).toBeNull()
    expect(built.problems.map((problem) => problem.at)).toEqual([at])
  })
})

describe('typed lists', () => {
  it.each([
    ['a b', ['a', 'b']],
    [`  a\\ b 'c d' "e \\" f" g'h'i `, ['a b', 'c d', 'e " f', 'ghi']],
    [`''`, ['']],
    ['', []],
  ])('splits %j as a shell would', (text, words) => expect(readCommand(text)).toEqual({ ok: true, value: words }))

  it('refuses a key that comes twice, and a value without one', () => {
    expect(readPairs(['a=1', 'a=2']).ok).toBe(false)
    expect(readPairs(['=1']).ok).toBe(false)
  })
})
