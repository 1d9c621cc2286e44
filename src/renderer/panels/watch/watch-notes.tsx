import type { ReactNode } from 'react'
import type { ImportedCapture, WatchInfo, WatchTotals } from '../../../core/watch/watch.ts'
import { Sentences } from '../sentences.tsx'
import { countWords, packetCount } from './format-counts.ts'

export interface WatchNotesProps {
  readonly info: WatchInfo
  readonly totals: WatchTotals | null
  readonly capture: ImportedCapture | null
}

/** Where is listened and what the watch does without; of an imported file, what could be read and placed. */
export function WatchNotes({ info, totals, capture }: WatchNotesProps): ReactNode {
  return (
    // What scrolls has to be reached with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="watch-notes" role="group" aria-label="About this watch" tabIndex={0}>
      {info.problem !== null && <p className="why stop">{info.problem}</p>}
      {capture !== null && <CaptureNotes capture={capture} />}
      {/* Nobody listens in what was read from a file: its places are told above. */}
      {capture === null && info.places.length > 0 && (
        <>
          <h2 className="heading">Listening in</h2>
          <table className="notes-table">
            <tbody>
              {info.places.map(({ netns, filter }) => (
                <tr key={`${netns} ${filter}`}>
                  <th scope="row">{netns}</th>
                  <td className="mono">{filter === '' ? 'no filter' : filter}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {/* What a capture lacks is what its places say. */}
      {capture === null && <Sentences title="Does without" sentences={info.lacks} />}
      <Sentences title="Left out" sentences={[...info.leftOut, ...countedOut(totals)]} />
    </div>
  )
}

function countedOut(totals: WatchTotals | null): readonly string[] {
  if (totals === null) return []
  return [
    totals.own > 0 ? `${packetCount(totals.own)} of Hopwire’s own: left out.` : '',
    totals.unread > 0
      ? `${packetCount(totals.unread)} neither IP nor ARP, or not to be read: kept, and in no flow.`
      : '',
    totals.forgotten > 0 ? `${countWords(totals.forgotten)} flows were let go of because the table was full.` : '',
  ].filter(Boolean)
}

function CaptureNotes({ capture }: { readonly capture: ImportedCapture }): ReactNode {
  const { places, problems, packets, application } = capture
  const strangers = places.filter(({ netns }) => netns === null)
  const known = places.filter(({ netns }) => netns !== null)
  return (
    <>
      <p>
        {packetCount(packets)}
        {application === '' ? '' : `, written by ${application}`}.
      </p>
      {problems.length > 0 && <h2 className="heading">Could not be read</h2>}
      <ul className="lines">
        {problems.map(({ message, offset }) => (
          <li key={`${offset} ${message}`} className="problem">
            At byte {countWords(offset)}: {message}
          </li>
        ))}
      </ul>
      {strangers.length > 0 && <Places title="Not of this host, and not on the picture" places={strangers} />}
      {known.length > 0 && <Places title="Found on this host" places={known} />}
    </>
  )
}

function Places({ title, places }: { readonly title: string; readonly places: ImportedCapture['places'] }): ReactNode {
  return (
    <>
      <h2 className="heading">{title}</h2>
      <table className="notes-table">
        <tbody>
          {places.map((place) => (
            <tr key={`${place.interface} ${place.why}`}>
              <th scope="row" className="mono">
                {place.interface}
              </th>
              <td>{packetCount(place.packets)}</td>
              <td>{place.netns === null ? place.why : `${place.device ?? ''} in ${place.netns}: ${place.why}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
