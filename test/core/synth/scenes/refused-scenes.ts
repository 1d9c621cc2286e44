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
  ],
}

/** One more thing that Docker refuses. */
export interface Refused {
  readonly what: string
  readonly network?: SceneNetwork
  readonly container?: SceneContainer
  /** Where this is missing, all of them refuse it. */
  readonly only?: 28
}

const ipam = (name: string, ...subnets: NonNullable<SceneNetwork['subnets']>): SceneNetwork => bridge(name, { subnets })
const on = (network: string, ipv4?: string): SceneContainer =>
  idle('late', undefined, { networks: [{ network, ...(ipv4 === undefined ? {} : { ipv4 }) }] })
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
]
