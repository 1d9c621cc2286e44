import type { ManageAction } from '../../../../src/core/manage/action.ts'
import type { SceneContainer, SceneNetwork } from '../../../../src/core/synth/scene/scene.ts'
import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle } from './make-scene.ts'

/** What is there before something is refused. */
export const REFUSAL_BASE: DeclaredScene = {
  name: 'base',
  options: { 'default-address-pools': [{ base: '10.10.0.0/22', size: 24 }] },
  host: { listens: ['0.0.0.0:9090/tcp'] },
  networks: [
    bridge('full', { subnets: [{ subnet: '10.50.0.0/29' }] }),
    bridge('own', { subnets: [{ subnet: '10.51.0.0/24' }] }),
    bridge('p1'),
    bridge('p2'),
    bridge('p3'),
  ],
  containers: [
    ...['f1', 'f2', 'f3', 'f4', 'f5'].map((name) => idle(name, 'full')),
    idle('fixed', undefined, { networks: [{ network: 'own', ipv4: '10.51.0.9' }] }),
    idle('web', undefined, { ports: ['8080:80'] }),
    idle('local', undefined, { ports: ['127.0.0.1:8081:80'] }),
    idle('on-host', undefined, { networkMode: 'host' }),
    idle('alone', undefined, { networkMode: 'none' }),
    idle('beside', undefined, { networkMode: 'container:web' }),
    idle('stopped', 'own', { state: 'exited' }),
  ],
}

/** One more thing that Docker refuses. */
export interface Refused {
  readonly what: string
  readonly network?: SceneNetwork
  readonly container?: SceneContainer
  /** Where this is missing, all of them refuse it. */
  readonly only?: 20 | 28
}

const ipam = (name: string, ...subnets: NonNullable<SceneNetwork['subnets']>): SceneNetwork => bridge(name, { subnets })
const opted = (options: Readonly<Record<string, string>>): SceneNetwork =>
  bridge('late', { subnets: [{ subnet: '10.60.0.0/24' }], options })
const on = (network: string, ipv4?: string): SceneContainer =>
  idle('late', undefined, { networks: [{ network, ...(ipv4 === undefined ? {} : { ipv4 }) }] })
const onSix = (network: string, ipv6: string, ipv4?: string): SceneContainer =>
  idle('late', undefined, { networks: [{ network, ipv6, ...(ipv4 === undefined ? {} : { ipv4 }) }] })
const publish = (...ports: readonly string[]): SceneContainer => idle('late', undefined, { ports })

export const REFUSED: readonly Refused[] = [
  { what: 'a subnet that overlaps', network: ipam('late', { subnet: '10.50.0.0/24' }) },
  { what: 'a subnet twice', network: ipam('late', { subnet: '10.50.0.0/29' }) },
  { what: 'an overlap with a range', network: ipam('late', { subnet: '10.50.0.0/16', ipRange: '10.50.4.0/24' }) },
  { what: 'a gateway elsewhere', network: ipam('late', { subnet: '10.60.0.0/24', gateway: '10.61.0.1' }) },
  { what: 'a range elsewhere', network: ipam('late', { subnet: '10.60.0.0/24', ipRange: '10.61.0.0/25' }) },
  { what: 'a kept address elsewhere', network: ipam('late', { subnet: '10.60.0.0/24', aux: { box: '10.61.0.9' } }) },
  {
    what: 'a kept address that is the gateway',
    network: ipam('late', { subnet: '10.60.0.0/24', gateway: '10.60.0.1', aux: { box: '10.60.0.1' } }),
  },
  { what: 'two subnets', network: ipam('late', { subnet: '10.60.0.0/24' }, { subnet: '10.61.0.0/24' }) },
  { what: 'no subnet left', network: bridge('late') },
  {
    // 20.10 accepts docker0 for another network, and has lost its own then.
    what: "another's bridge",
    only: 28,
    network: bridge('late', { subnets: [{ subnet: '10.60.0.0/24' }], options: { [OPTION.name]: 'docker0' } }),
  },
  { what: 'an address that is taken', container: on('own', '10.51.0.9') },
  { what: 'an address elsewhere', container: on('own', '10.59.0.9') },
  { what: 'an address in a subnet of Docker’s choice', container: on('p1', '10.10.1.9') },
  { what: 'no address left', container: on('full') },
  // Of all addresses of both versions 28 names one at random.
  { what: 'a port that is taken', container: publish('0.0.0.0:8080:81') },
  { what: 'a port that is taken, on one address', container: publish('127.0.0.1:8080:81') },
  { what: 'a port that is taken on one address, on all', container: publish('0.0.0.0:8081:81') },
  { what: 'a port of the host’s own', container: publish('0.0.0.0:9090:80') },
  {
    what: 'a port that is taken, of a container of another network',
    container: idle('late', 'own', { ports: ['0.0.0.0:8080:81'] }),
  },
  { what: 'the same port twice', container: publish('0.0.0.0:7070:80', '0.0.0.0:7070:81') },
  { what: 'an address on docker0', container: on('bridge', '172.17.0.99') },
  { what: 'an IPv6 address on docker0', container: onSix('bridge', 'fd00::9') },
  { what: 'addresses of both versions on docker0', container: onSix('bridge', 'fd00::9', '172.17.0.99') },
  { what: 'an IPv6 address where there is no IPv6', container: onSix('own', 'fd00::9') },
  { what: 'an IPv6 address beside an address that it may have', container: onSix('own', 'fd00::9', '10.51.0.20') },
  { what: 'an IPv6 address beside an address elsewhere', container: onSix('own', 'fd00::9', '10.59.0.9') },
  { what: 'addresses of both versions where none was written down', container: onSix('p1', 'fd00::9', '10.10.1.9') },
  {
    // The command line of 20.10 says so itself, in the words of 28; its engine has others.
    what: 'an alias on docker0',
    only: 28,
    container: idle('late', undefined, { networks: [{ network: 'bridge', aliases: ['x'] }] }),
  },
  {
    what: 'an IPv6 subnet without a choice left',
    only: 20,
    network: bridge('late', { ipv6: true, subnets: [{ subnet: '10.60.0.0/24' }] }),
  },
  { what: 'a subnet that begins elsewhere', only: 28, network: ipam('late', { subnet: '10.60.0.7/24' }) },
  { what: 'the card of the host as a bridge', network: opted({ [OPTION.name]: 'ens5' }) },
  { what: 'a bridge with too long a name', network: opted({ [OPTION.name]: 'a-very-long-bridge-name' }) },
  { what: 'a flag that is none', network: opted({ [OPTION.icc]: 'maybe' }) },
  { what: 'a size that is no number', network: opted({ [OPTION.mtu]: 'big' }) },
  { what: 'a size below nothing', network: opted({ [OPTION.mtu]: '-1' }) },
  { what: 'a binding that is no address', network: opted({ [OPTION.bindTo]: 'here' }) },
  { what: 'a mode that is none', only: 28, network: opted({ [OPTION.mode4]: 'open' }) },
  { what: 'a source that is no address', only: 28, network: opted({ [OPTION.leaveAs4]: 'there' }) },
]

const late = { image: 'busybox:local', command: ['sleep', '1000000'], name: 'late' }
const joins = (rest: object): ManageAction => ({
  kind: 'run-container',
  container: { ...late, networkMode: 'container:web', ...rest },
})
const connect = (container: string, network: string): ManageAction => ({
  kind: 'connect',
  container,
  endpoint: { network },
})
const disconnect = (container: string, network: string): ManageAction => ({ kind: 'disconnect', container, network })

/** Command lines that Docker refuses. */
export const REFUSED_LINES: readonly { readonly options: string; readonly only?: 20 | 28 }[] = [
  // The command line of 20.10 passes over what is asked for where no network is named.
  { options: '--ip 172.17.0.99', only: 28 },
  { options: '--ip6 fd00::9', only: 28 },
  { options: '--network-alias x', only: 28 },
  { options: '--ip 172.17.0.99 --network-alias x', only: 28 },
  { options: '--network default --ip 172.17.0.99' },
  { options: '--net bridge --ip6 fd00::9' },
  { options: '--network p1 --ip 10.10.1.9' },
  { options: '--network own --ip6 fd00::9' },
  { options: '--network host --ip 172.17.0.99' },
  { options: '--network host --ip6 fd00::9' },
  { options: '--network host --network-alias x', only: 28 },
  { options: '--network none --ip 172.17.0.99 --ip6 fd00::9' },
  { options: '--network none --network-alias x --ip 172.17.0.99', only: 28 },
]

/** Changes of what is there that Docker refuses. */
export const REFUSED_ACTIONS: readonly ManageAction[] = [
  { kind: 'create-network', network: { name: 'own' } },
  { kind: 'create-network', network: { name: 'bridge' } },
  { kind: 'remove-network', name: 'gone' },
  { kind: 'remove-network', name: 'bridge' },
  { kind: 'remove-network', name: 'own' },
  { kind: 'run-container', container: { ...late, name: 'web' } },
  { kind: 'run-container', container: { ...late, networks: [{ network: 'gone' }] } },
  joins({ networkMode: 'container:gone' }),
  joins({ networkMode: 'container:stopped' }),
  joins({ hostname: 'front' }),
  joins({ dns: ['198.51.100.1'] }),
  joins({ extraHosts: ['db:192.0.2.7'] }),
  joins({ ports: ['7000:80'] }),
  joins({ exposes: ['80/tcp'] }),
  { kind: 'rename-container', name: 'gone', to: 'other' },
  { kind: 'rename-container', name: 'web', to: 'web' },
  { kind: 'rename-container', name: 'web', to: 'local' },
  { kind: 'container-verb', verb: 'start', name: 'gone' },
  { kind: 'container-verb', verb: 'pause', name: 'stopped' },
  { kind: 'container-verb', verb: 'unpause', name: 'web' },
  connect('gone', 'own'),
  connect('web', 'gone'),
  connect('web', 'host'),
  connect('web', 'none'),
  connect('web', 'bridge'),
  connect('fixed', 'own'),
  connect('on-host', 'own'),
  connect('alone', 'own'),
  connect('beside', 'own'),
  connect('web', 'full'),
  { kind: 'connect', container: 'web', endpoint: { network: 'own', ipv4: '10.51.0.9' } },
  { kind: 'connect', container: 'web', endpoint: { network: 'own', ipv4: '10.99.0.9' } },
  { kind: 'connect', container: 'web', endpoint: { network: 'p1', ipv4: '10.10.1.9' } },
  { kind: 'connect', container: 'web', endpoint: { network: 'own', ipv6: 'fd00::9' } },
  { kind: 'connect', container: 'fixed', endpoint: { network: 'bridge', ipv4: '172.17.0.99' } },
  { kind: 'connect', container: 'fixed', endpoint: { network: 'bridge', ipv6: 'fd00::9' } },
  disconnect('gone', 'own'),
  disconnect('web', 'gone'),
  disconnect('web', 'own'),
  disconnect('stopped', 'bridge'),
  disconnect('on-host', 'host'),
]
