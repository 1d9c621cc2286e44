import type { ReactNode } from 'react'
import type { WatchFlow, WatchPacket } from '../../../core/watch/watch.ts'
import { packetFields } from '../inspector/list-headers.ts'
import { numberWords, packetWords, stampWords, whereWords } from './describe-packet.ts'
import { countWords } from './format-counts.ts'

export interface PacketPanelProps {
  readonly packet: WatchPacket
  readonly flow: WatchFlow | null
  readonly onFlow: (id: number) => void
  readonly onClose: () => void
}

/** One packet that was kept: where and when it was seen, and its headers. */
export function PacketPanel({ packet, flow, onFlow, onClose }: PacketPanelProps): ReactNode {
  const what = packetWords(packet.packet, packet.problem)
  const protocol = packet.packet?.protocol.toUpperCase() ?? ''
  return (
    <>
      <div className="inspector-top">
        <h2 className="heading">Packet {numberWords(packet.seq)}</h2>
        <button type="button" className="link" onClick={onClose} title="Close (Escape)">
          Close
        </button>
      </div>
      <h3>{[protocol, what].filter(Boolean).join(' · ')}</h3>
      <p>
        {whereWords(packet)}
        {packet.otherHost && ', for another MAC address'}
      </p>
      {packet.problem !== null && packet.packet !== null && <p className="why stop">{packet.problem}</p>}
      <h2 className="heading">Headers</h2>
      <table className="facts mono" aria-label="Headers">
        <tbody>
          {(packet.packet === null ? [] : packetFields(packet.packet)).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">time</th>
            <td>{stampWords(packet)}</td>
          </tr>
          <tr>
            <th scope="row">on the wire</th>
            <td>
              {countWords(packet.length)} bytes, {countWords(packet.kept)} kept
            </td>
          </tr>
        </tbody>
      </table>
      {flow !== null && (
        <p>
          Of the flow{' '}
          <button type="button" className="link" onClick={() => onFlow(flow.id)}>
            {flow.from.name} → {flow.to.name}
          </button>
        </p>
      )}
      {packet.comments.length > 0 && <h2 className="heading">Comments</h2>}
      <ul className="lines">
        {packet.comments.map((comment) => (
          <li key={comment}>{comment}</li>
        ))}
      </ul>
    </>
  )
}
