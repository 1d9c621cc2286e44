import type { ReactNode } from 'react'
import { isUsedRow } from '../../../store/manage-build-action.ts'
import { EMPTY_SUBNET, type SubnetDraft } from '../../../store/manage-drafts.ts'
import { TextField } from './dialog-fields.tsx'

const COLUMNS = [
  { name: 'subnet', label: 'Subnet', placeholder: '172.30.0.0/16' },
  { name: 'gateway', label: 'Gateway', placeholder: 'first address' },
  { name: 'ipRange', label: 'IP range', placeholder: 'all of it' },
] as const

/** Returns the paths of all fields of the rows. */
export function subnetPaths(rows: readonly SubnetDraft[]): readonly string[] {
  const names = [...COLUMNS.map(({ name }) => name), 'aux']
  return rows.flatMap((_, row) => names.map((name) => rowPath(rows, row, name)))
}

/** The action counts only the rows with something in them; an empty one has a path that no problem is about. */
function rowPath(rows: readonly SubnetDraft[], row: number, name: string): string {
  const used = rows[row] !== undefined && isUsedRow(rows[row])
  return used
    ? `network.subnets[${rows.slice(0, row).filter(isUsedRow).length}].${name}`
    : `network.subnets.empty[${row}].${name}`
}

export interface SubnetRowsProps {
  readonly rows: readonly SubnetDraft[]
  readonly onChange: (rows: readonly SubnetDraft[]) => void
}

/** The address blocks of a network, one a row. */
export function SubnetRows({ rows, onChange }: SubnetRowsProps): ReactNode {
  const setRow = (row: number, part: Partial<SubnetDraft>) =>
    onChange(rows.map((each, index) => (index === row ? { ...each, ...part } : each)))
  return (
    <fieldset className="bare subnet-rows">
      <legend>Addresses, IPv4 or IPv6; left empty, Docker chooses</legend>
      {rows.map((row, index) => (
        // Rows have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div className="subnet-row" key={index} role="group" aria-label={`Subnet ${index + 1}`}>
          {COLUMNS.map(({ name, label, placeholder }) => (
            <TextField
              key={name}
              label={label}
              at={rowPath(rows, index, name)}
              placeholder={placeholder}
              mono
              value={row[name]}
              onChange={(value) => setRow(index, { [name]: value })}
            />
          ))}
          {rows.length > 1 && (
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove subnet ${index + 1}`}
              title="Remove this subnet"
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              ×
            </button>
          )}
          {isUsedRow(row) && (
            <TextField
              label="Auxiliary addresses, NAME=ADDRESS: no container gets them"
              at={rowPath(rows, index, 'aux')}
              placeholder="router=172.30.0.2"
              mono
              value={row.aux}
              onChange={(aux) => setRow(index, { aux })}
            />
          )}
        </div>
      ))}
      <button type="button" className="link" onClick={() => onChange([...rows, EMPTY_SUBNET])}>
        Add a subnet
      </button>
    </fieldset>
  )
}
