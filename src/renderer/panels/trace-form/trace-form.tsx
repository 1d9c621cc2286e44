import type { FormEvent, ReactNode } from 'react'
import type { Flow } from '../../../core/trace/flow.ts'
import type { LiveProgress } from '../../../protocol/contract.ts'
import type { Form, LiveChoice } from '../../store/store.ts'
import { type FieldErrors, sentence } from './check-form.ts'
import { Combobox } from './combobox.tsx'
import type { EndpointOption } from './list-endpoints.ts'
import { LiveField } from './live-field.tsx'
import './trace-form.css'
import './live-field.css'

export interface TraceFormProps {
  readonly fields: Form
  readonly errors: FieldErrors
  readonly sources: readonly EndpointOption[]
  readonly targets: readonly EndpointOption[]
  readonly busy: boolean
  /** False while there is no host state yet: what is asked then waits for it. */
  readonly ready: boolean
  readonly liveChoice: LiveChoice
  /** Why nothing can be asked of a kernel; null where it can. */
  readonly noLive: string | null
  /** How far a live trace is. */
  readonly progress: LiveProgress | null
  readonly onLive: (change: Partial<LiveChoice>) => void
  readonly onChange: (change: Partial<Form>) => void
  readonly onSubmit: () => void
  readonly onCancel: () => void
}

/** The question: from where, to where, with which protocol. Errors stand at their field; nothing typed is ever lost. */
export function TraceForm(props: TraceFormProps): ReactNode {
  const { fields, errors, onChange } = props
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!props.busy) props.onSubmit()
  }
  return (
    <form className="trace-form" aria-label="Trace" noValidate onSubmit={submit}>
      <h2 className="heading">Trace</h2>
      <Combobox
        label="From"
        name="from"
        placeholder="container, host or external"
        value={fields.from}
        options={props.sources}
        error={errors.from}
        onChange={(from) => onChange({ from })}
      />
      <Combobox
        label="To"
        name="to"
        placeholder="container, name or address"
        value={fields.to}
        options={props.targets}
        error={errors.to}
        onChange={(to, option) => onChange(fillTarget(to, option))}
      />
      <div className="protocol-row">
        <ProtocolChoice value={fields.protocol} onChange={(protocol) => onChange({ protocol })} />
        {fields.protocol !== 'icmp' && <PortField value={fields.port} error={errors.port} onChange={onChange} />}
      </div>
      {errors.port !== undefined && fields.protocol !== 'icmp' && (
        <p className="field-error" id="port-error" role="alert">
          {errors.port}
        </p>
      )}
      <LiveField
        choice={props.liveChoice}
        protocol={fields.protocol}
        impossible={props.noLive}
        onChange={props.onLive}
      />
      <Actions busy={props.busy} ready={props.ready} onCancel={props.onCancel} />
      {props.busy && props.progress !== null && <Progress progress={props.progress} />}
    </form>
  )
}

/** A published port brings its protocol and its port along. */
function fillTarget(to: string, option: EndpointOption | null): Partial<Form> {
  if (option?.protocol === undefined || option.port === undefined) return { to }
  return { to, protocol: option.protocol, port: String(option.port) }
}

const PROTOCOLS: readonly Flow['protocol'][] = ['icmp', 'tcp', 'udp']

interface ProtocolChoiceProps {
  readonly value: Flow['protocol']
  readonly onChange: (protocol: Flow['protocol']) => void
}

function ProtocolChoice({ value, onChange }: ProtocolChoiceProps): ReactNode {
  return (
    <fieldset className="bare field">
      <legend className="label">Protocol</legend>
      <div className="segments">
        {PROTOCOLS.map((protocol) => (
          <label key={protocol} className="segment">
            <input type="radio" name="protocol" checked={protocol === value} onChange={() => onChange(protocol)} />
            {protocol.toUpperCase()}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

interface PortFieldProps {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (change: Partial<Form>) => void
}

function PortField({ value, error, onChange }: PortFieldProps): ReactNode {
  return (
    <div className="field port-field">
      <label htmlFor="port">Port</label>
      <input
        id="port"
        name="port"
        className={error === undefined ? 'input mono' : 'input mono bad'}
        inputMode="numeric"
        autoComplete="off"
        placeholder="80"
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : 'port-error'}
        value={value}
        onChange={(event) => onChange({ port: event.target.value })}
      />
    </div>
  )
}

function Progress({ progress }: { readonly progress: LiveProgress }): ReactNode {
  const { text, fraction } = progress
  return (
    <div className="live-progress" role="status">
      <progress aria-label="Live trace" {...(fraction === null ? {} : { value: fraction, max: 1 })} />
      <span>{sentence(text)}</span>
    </div>
  )
}

function Actions({ busy, ready, onCancel }: Pick<TraceFormProps, 'busy' | 'ready' | 'onCancel'>): ReactNode {
  if (busy) {
    return (
      <div className="actions">
        <button className="primary" type="submit" aria-disabled="true">
          <span className="spinner" aria-hidden="true" />
          {ready ? 'Tracing…' : 'Waiting for host…'}
        </button>
        <button className="quiet" type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    )
  }
  return (
    <div className="actions">
      <button className="primary" type="submit">
        Trace <span aria-hidden="true">↵</span>
      </button>
    </div>
  )
}
