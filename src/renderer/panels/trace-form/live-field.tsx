import type { ReactNode } from 'react'
import type { Flow } from '../../../core/trace/flow.ts'
import type { ProbeKind } from '../../../core/trace/live-report.ts'
import { fittingProbe, probeOptions } from '../../store/live-choice.ts'
import type { LiveChoice } from '../../store/store.ts'

export interface LiveFieldProps {
  readonly choice: LiveChoice
  readonly protocol: Flow['protocol']
  /** Why nothing can be asked of a kernel; null where it can. */
  readonly impossible: string | null
  readonly onChange: (change: Partial<LiveChoice>) => void
}

/** The switch that sends the question to the kernel, too, and as what. Where that is impossible it says why. */
export function LiveField({ choice, protocol, impossible, onChange }: LiveFieldProps): ReactNode {
  const on = choice.on && impossible === null
  return (
    <div className="live-field">
      <div className="live-row">
        <button
          type="button"
          role="switch"
          className="live-switch"
          aria-checked={on}
          aria-disabled={impossible !== null}
          aria-describedby={impossible === null ? undefined : 'live-impossible'}
          title={impossible ?? 'Send a real packet and lay what the kernel does beside the prediction'}
          onClick={() => impossible === null && onChange({ on: !on })}
        >
          <span className="live-knob" aria-hidden="true" />
          Live
        </button>
        {on && <ProbeChoice choice={choice} protocol={protocol} onChange={onChange} />}
      </div>
      {impossible !== null && (
        <p className="live-note" id="live-impossible">
          {impossible}
        </p>
      )}
    </div>
  )
}

function ProbeChoice({
  choice,
  protocol,
  onChange,
}: Pick<LiveFieldProps, 'choice' | 'protocol' | 'onChange'>): ReactNode {
  const options = probeOptions(protocol)
  return (
    <select
      className="speed live-probe"
      aria-label="Kind of probe"
      title="What is sent"
      value={fittingProbe(choice.probe, protocol)}
      onChange={(event) => onChange({ probe: readProbe(event.target.value, protocol) })}
    >
      {options.map(({ kind, label }) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  )
}

function readProbe(value: string, protocol: Flow['protocol']): ProbeKind {
  return probeOptions(protocol).find(({ kind }) => kind === value)?.kind ?? 'auto'
}
