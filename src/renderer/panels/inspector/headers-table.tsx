import { Fragment, type ReactNode } from 'react'
import type { Hop } from '../../../core/trace/trace-report.ts'
import { listHeaders } from './list-headers.ts'

/** The packet's headers at a hop: as they arrived, and struck through with the new value where the hop changed them. */
export function HeadersTable({ hop }: { readonly hop: Hop }): ReactNode {
  return (
    <table className="facts mono" aria-label="Headers">
      <tbody>
        {listHeaders(hop).map((row) => (
          <tr key={row.field}>
            <th scope="row">
              <Field name={row.field} />
            </th>
            <td>
              {row.after === null ? (
                row.before
              ) : (
                <>
                  <del className="was" aria-label={`was ${row.before}`}>
                    {row.before}
                  </del>{' '}
                  <ins className="now" aria-label={`is now ${row.after}`}>
                    {row.after}
                  </ins>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A field's name that wraps after its dots alone: `arp.src.` and `proto_ipv4`. */
function Field({ name }: { readonly name: string }): ReactNode {
  return name.split(/(?<=\.)/).map((part) => (
    <Fragment key={part}>
      {part}
      <wbr />
    </Fragment>
  ))
}
