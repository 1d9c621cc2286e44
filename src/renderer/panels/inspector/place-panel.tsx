import type { ReactNode } from 'react'
import type { HostState } from '../../../core/host/host-state.ts'
import type { NetNamespace } from '../../../core/host/namespace.ts'
import type { Place } from '../../playback/place.ts'
import { WholeWords } from '../whole-words.tsx'
import { chainsAtHook, deviceFacts, type Fact, findNamespace, networkFacts, socketWords } from './describe-place.ts'

export interface PlacePanelProps {
  readonly place: Place
  readonly host: HostState
  readonly onClose: () => void
  /** What can be done with it. */
  readonly watch?: ReactNode
}

/** What was clicked in the picture or in the tree: a device, a gate of the host's stack, a namespace, the outside. */
export function PlacePanel({ place, host, onClose, watch }: PlacePanelProps): ReactNode {
  return (
    <>
      <div className="inspector-top">
        <h2 className="heading">Selected · {kindWords(place)}</h2>
        <button type="button" className="link" onClick={onClose} title="Back to the trace (Escape)">
          Close
        </button>
      </div>
      {watch}
      <PlaceBody place={place} host={host} />
    </>
  )
}

function kindWords(place: Place): string {
  switch (place.kind) {
    case 'device':
      return `device in ${place.netns.replace(/^(container|sandbox):/, '')}`
    case 'gate':
      return 'host stack'
    case 'stack':
      return 'namespace'
    case 'external':
      return 'outside'
    default:
      return place satisfies never
  }
}

function PlaceBody({ place, host }: Pick<PlacePanelProps, 'place' | 'host'>): ReactNode {
  if (place.kind === 'external') return <External address={place.address} />
  const namespace = findNamespace(host, place.netns)
  if (namespace === null) return <Missing name={place.netns} />
  if (place.kind === 'device') return <Device name={place.device} namespace={namespace} host={host} />
  if (place.kind === 'stack') return <Namespace namespace={namespace} host={host} />
  if (place.gate === 'route') return <Routing namespace={namespace} />
  if (place.gate === 'local') return <LocalProcesses namespace={namespace} />
  return <Gate hook={place.gate} namespace={namespace} />
}

function External({ address }: { readonly address: string }): ReactNode {
  return (
    <>
      <h3 className="mono">{address}</h3>
      <p>
        This lies outside the host. What happens there is not on this host, so Hopwire only assumes that it answers.
      </p>
    </>
  )
}

function Missing({ name }: { readonly name: string }): ReactNode {
  return <p>{name} is not on this host any more. Trace again to see the host as it is now.</p>
}

interface DeviceProps {
  readonly name: string
  readonly namespace: NetNamespace
  readonly host: HostState
}

function Device({ name, namespace, host }: DeviceProps): ReactNode {
  const device = namespace.interfaces.find((each) => each.name === name)
  if (device === undefined) return <Missing name={name} />
  const network = host.networks.find((each) => each.bridge === name)
  const routes = namespace.routes.filter((route) => route.nextHops.some((hop) => hop.device === name))
  const neighbors = namespace.neighbors.filter((each) => each.device === name)
  return (
    <>
      <h3>{name}</h3>
      <Facts facts={[...(network === undefined ? [] : networkFacts(network)), ...deviceFacts(device, host)]} />
      <Lines title="Routes" lines={routes.filter((each) => each.table === 'main').map((route) => route.text)} />
      <Lines
        title="Neighbours"
        lines={neighbors.map((each) => `${each.address} ${each.mac ?? 'no MAC'} ${each.state}`)}
      />
    </>
  )
}

function Namespace({ namespace, host }: { readonly namespace: NetNamespace; readonly host: HostState }): ReactNode {
  const container = host.containers.find((each) => `container:${each.name}` === namespace.name)
  const published = container?.published.filter((port) => port.hostPort !== 0) ?? []
  return (
    <>
      <h3>{namespace.name.replace(/^(container|sandbox):/, '')}</h3>
      {container !== undefined && (
        <p>
          {container.image}, {container.state}
          {namespace.containers.length > 1 && `, shared by ${namespace.containers.join(', ')}`}
        </p>
      )}
      {namespace.interfaces
        .filter((device) => device.kind !== 'loopback')
        .map((device) => (
          <section key={device.name}>
            <h2 className="heading plain">{device.name}</h2>
            <Facts facts={deviceFacts(device, host)} />
          </section>
        ))}
      <Lines
        title="Published ports"
        lines={published.map((each) => `${each.hostAddress}:${each.hostPort} → ${each.containerPort}/${each.protocol}`)}
      />
      <Routing namespace={namespace} />
      <LocalProcesses namespace={namespace} />
      <GatesWithRules namespace={namespace} />
    </>
  )
}

function GatesWithRules({ namespace }: { readonly namespace: NetNamespace }): ReactNode {
  const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting']
  const withRules = hooks.filter((hook) => chainsAtHook(namespace, hook)?.some((chain) => chain.rules.length > 0))
  return withRules.map((hook) => <Gate key={hook} hook={hook} namespace={namespace} />)
}

function Routing({ namespace }: { readonly namespace: NetNamespace }): ReactNode {
  const main = namespace.routes.filter((route) => route.table === 'main')
  return (
    <>
      <Lines title="Routes" lines={main.map((route) => route.text)} none="No route: it can reach nothing." />
      <Lines
        title="Policy rules"
        lines={namespace.policyRules.filter((each) => each.family === 4).map((rule) => rule.text)}
      />
    </>
  )
}

function LocalProcesses({ namespace }: { readonly namespace: NetNamespace }): ReactNode {
  const lines = namespace.sockets?.map(socketWords) ?? ['The sockets could not be read.']
  return <Lines title="Listening sockets" lines={lines} none="Nothing listens here." />
}

function Gate({ hook, namespace }: { readonly hook: string; readonly namespace: NetNamespace }): ReactNode {
  const chains = chainsAtHook(namespace, hook)
  return (
    <>
      <h3>{hook.toUpperCase()}</h3>
      {chains === null && <p>The rules could not be read.</p>}
      {chains?.length === 0 && <p>No table has a chain here: every packet passes.</p>}
      {chains?.map((chain) => (
        <details className="chain" key={chain.title} open={chain.rules.length > 0 && chain.rules.length < 12}>
          <summary>
            <b>{chain.title}</b> · {chain.rules.length} {chain.rules.length === 1 ? 'rule' : 'rules'}
            {chain.policy !== null && `, policy ${chain.policy}`}
          </summary>
          {chain.rules.map((rule, index) => (
            <code className="rule mono" key={`${index} ${rule}`}>
              <WholeWords text={rule} />
            </code>
          ))}
        </details>
      ))}
    </>
  )
}

function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <table className="facts mono">
      <tbody>
        {facts.map((fact) => (
          <tr key={`${fact.name} ${fact.value}`}>
            <th scope="row">{fact.name}</th>
            <td>{fact.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface LinesProps {
  readonly title: string
  readonly lines: readonly string[]
  /** Said when there are none; without it the section is left out. */
  readonly none?: string
}

function Lines({ title, lines, none }: LinesProps): ReactNode {
  if (lines.length === 0 && none === undefined) return null
  return (
    <>
      <h2 className="heading">{title}</h2>
      {lines.length === 0 && <p>{none}</p>}
      <ul className="lines mono">
        {lines.map((line, index) => (
          <li key={`${index} ${line}`}>{line}</li>
        ))}
      </ul>
    </>
  )
}
