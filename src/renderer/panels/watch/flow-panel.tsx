import type { ReactNode } from 'react'
import type { WatchFlow } from '../../../core/watch/watch.ts'
import { ageWords, byteWords, packetCount, rateWords } from './format-counts.ts'
import { natWords, stateWords, tupleWords } from './list-flows.ts'

export interface FlowPanelProps {
  readonly flow: WatchFlow
  readonly elapsed: number
  readonly onTrace: () => void
  readonly onClose: () => void
}

/** One flow in full, and the way from it to its prediction. */
export function FlowPanel({ flow, elapsed, onTrace, onClose }: FlowPanelProps): ReactNode {
  return (
    <>
      <div className="inspector-top">
        <h2 className="heading">Flow · {flow.protocol.toUpperCase()}</h2>
        <button type="button" className="link" onClick={onClose} title="Close (Escape)">
          Close
        </button>
      </div>
      <h3>
        {flow.from.name} → {flow.to.name}
      </h3>
      <div className="actions flow-actions">
        <button type="button" className="primary" aria-disabled={flow.trace === null} onClick={onTrace}>
          Trace this flow
        </button>
      </div>
      {flow.trace === null && <p>Only ICMP echo, TCP and UDP can be traced.</p>}
      <table className="facts mono" aria-label="The flow">
        <tbody>
          {flowFacts(flow, elapsed).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

const DIRECTIONS = {
  conntrack: 'connection tracking says who began',
  opening: 'the packet that opens it was seen',
  'first-packet': 'taken from the first packet seen; it may have begun before',
} as const

/** Returns what is known of a flow, in the order in which one asks. */
export function flowFacts(flow: WatchFlow, elapsed: number): readonly (readonly [string, string])[] {
  const [source, destination] = tupleWords(flow.original)
  const [answers, answered] = tupleWords(flow.reply)
  const state = stateWords(flow)
  const rate = rateWords(flow.packetsPerSecond)
  const facts: readonly (readonly [string, string])[] = [
    ['sent', `${source} → ${destination}`],
    ['answer', `${answers} → ${answered}`],
    ['nat', natWords(flow)],
    ['state', state === '' ? 'not tracked' : state],
    ['flags', flow.flags?.join(', ') ?? ''],
    ['there', `${packetCount(flow.sent.packets)}, ${byteWords(flow.sent.bytes)}`],
    ['back', `${packetCount(flow.returned.packets)}, ${byteWords(flow.returned.bytes)}`],
    ['rate', rate === '' ? 'silent' : `${rate}, ${byteWords(flow.bytesPerSecond)}/s`],
    ['first seen', `${ageWords(elapsed - flow.firstSeen)} ago`],
    ['last seen', `${ageWords(elapsed - flow.lastSeen)} ago`],
    ['direction', DIRECTIONS[flow.directionFrom]],
  ]
  return facts.filter(([, value]) => value !== '')
}
