import type { FormEvent, ReactNode } from 'react'
import { RING_BYTES, SNAP_LENGTH } from '../../../protocol/check-watch.ts'
import type { WatchErrors, WatchForm as Fields } from '../../store/watch-data.ts'
import type { TargetOption } from '../../store/watch-targets.ts'
import { Combobox } from '../trace-form/combobox.tsx'

export interface WatchFormProps {
  readonly fields: Fields
  readonly errors: WatchErrors
  readonly targets: readonly TargetOption[]
  readonly starting: boolean
  /** Why nothing can be watched; null where it can. */
  readonly impossible: string | null
  readonly onChange: (change: Partial<Fields>) => void
  readonly onSubmit: () => void
}

/** What is to be watched. Errors stand at their field; nothing typed is ever lost. */
export function WatchForm(props: WatchFormProps): ReactNode {
  const { fields, errors, impossible, starting, onChange } = props
  const off = impossible !== null || starting
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!off) props.onSubmit()
  }
  const options = props.targets.map(({ value, kind, detail }) => ({ value, label: value, kind, detail }))
  return (
    <form className="trace-form watch-form" aria-label="Watch" noValidate onSubmit={submit}>
      <h2 className="heading">Watch</h2>
      <Combobox
        label="What"
        name="watch-target"
        placeholder="container, network, device"
        value={fields.target}
        options={options}
        error={errors.target}
        onChange={(target) => onChange({ target })}
      />
      <FilterField value={fields.filter} error={errors.filter} onChange={onChange} />
      <Limits fields={fields} onChange={onChange} />
      <div className="actions">
        <button
          className="primary"
          type="submit"
          aria-disabled={off}
          aria-describedby={impossible === null ? undefined : 'watch-impossible'}
          title={impossible ?? undefined}
        >
          {starting ? (
            <>
              <span className="spinner" aria-hidden="true" />
              Starting…
            </>
          ) : (
            'Watch'
          )}
        </button>
      </div>
      {impossible !== null && (
        <p className="live-note" id="watch-impossible">
          {impossible}
        </p>
      )}
      {errors.form !== undefined && (
        <p className="field-error" role="alert">
          {errors.form}
        </p>
      )}
    </form>
  )
}

interface FilterFieldProps {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: WatchFormProps['onChange']
}

function FilterField({ value, error, onChange }: FilterFieldProps): ReactNode {
  return (
    <div className="field">
      <label htmlFor="watch-filter">Filter</label>
      <input
        id="watch-filter"
        name="watch-filter"
        className={error === undefined ? 'input mono' : 'input mono bad'}
        autoComplete="off"
        spellCheck={false}
        placeholder="tcp port 80"
        title="As tcpdump takes it: tcp port 80, host 172.17.0.2, icmp or arp. Empty for everything."
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : 'watch-filter-error'}
        value={value}
        onChange={(event) => onChange({ filter: event.target.value })}
      />
      {error !== undefined && (
        <p className="field-error" id="watch-filter-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

const MB = 1024 * 1024
const RINGS: readonly (readonly [number, string])[] = [
  [4 * MB, '4 MB'],
  [RING_BYTES.usual, '32 MB'],
  [128 * MB, '128 MB'],
  [RING_BYTES.most, '512 MB'],
]
const SNAPS: readonly (readonly [number, string])[] = [
  [SNAP_LENGTH.least, 'headers'],
  [SNAP_LENGTH.usual, '512 bytes'],
  [SNAP_LENGTH.most, 'all of it'],
]

function Limits({ fields, onChange }: Pick<WatchFormProps, 'fields' | 'onChange'>): ReactNode {
  return (
    <div className="watch-limits">
      <Choice
        label="Keep the last"
        value={fields.ringBytes}
        options={RINGS}
        onChange={(ringBytes) => onChange({ ringBytes })}
      />
      <Choice
        label="Of each packet"
        value={fields.snapLength}
        options={SNAPS}
        onChange={(snapLength) => onChange({ snapLength })}
      />
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: number
  readonly options: readonly (readonly [number, string])[]
  readonly onChange: (value: number) => void
}

function Choice({ label, value, options, onChange }: ChoiceProps): ReactNode {
  return (
    <label>
      {label}
      <select className="speed" value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {options.map(([amount, words]) => (
          <option key={amount} value={amount}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
