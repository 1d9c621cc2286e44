import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { useCalm } from '../use-calm.ts'
import { whyNoLive } from '../store/live-choice.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import type { Form } from '../store/store.ts'
import { checkForm, type FieldErrors, placeFailure } from './trace-form/check-form.ts'
import { listSources, listTargets } from './trace-form/list-endpoints.ts'
import { TraceForm } from './trace-form/trace-form.tsx'

/** The form over the store: what the form itself can see is said before anything is asked of the backend. */
export function FormPanel(): ReactNode {
  const store = useAppStore()
  const form = useApp((state) => state.form)
  const host = useApp((state) => state.host)
  const status = useApp((state) => state.status)
  const liveChoice = useApp((state) => state.liveChoice)
  const progress = useApp((state) => state.liveProgress)
  const pending = useCalm(
    useApp((state) => state.pending),
    Boolean,
    250,
  )
  const failure = useApp((state) => state.failure)
  const [checked, setChecked] = useState<FieldErrors>({})
  const sources = useMemo(() => listSources(host), [host])
  const targets = useMemo(() => listTargets(host), [host])
  const actions = store.getState()
  const change = (part: Partial<Form>) => {
    actions.setForm(part)
    setChecked((errors) => withoutFields(errors, Object.keys(part)))
    if (failure !== null) actions.dismissFailure()
  }
  const submit = () => {
    const errors = checkForm(form, host === null ? null : sources)
    setChecked(errors)
    if (Object.keys(errors).length > 0) return focusFirst(errors)
    void actions.submitTrace()
  }
  const sourcePort = useApp((state) => state.sourcePort)
  const placed = failure === null ? {} : withoutFields(placeFailure(failure, form), ['form'])
  return (
    <>
      <TraceForm
        fields={form}
        errors={{ ...placed, ...checked }}
        sources={sources}
        targets={targets}
        busy={pending}
        ready={host !== null}
        liveChoice={liveChoice}
        noLive={whyNoLive(status)}
        progress={progress}
        onLive={(change) => actions.setLiveChoice(change)}
        onChange={change}
        onSubmit={submit}
        onCancel={() => actions.cancel()}
      />
      {sourcePort !== null && (
        <p className="live-note source-port" role="note">
          {form.protocol === 'icmp' ? 'Echo id' : 'Source port'} {sourcePort}, as the watched flow has it.{' '}
          <button type="button" className="link" onClick={() => actions.setForm({})}>
            Any
          </button>
        </p>
      )}
    </>
  )
}

/** A changed protocol also settles the port and what the target said about it. */
function withoutFields(errors: FieldErrors, names: readonly string[]): FieldErrors {
  const settled = names.includes('protocol') ? [...names, 'port', 'to'] : names
  return Object.fromEntries(Object.entries(errors).filter(([name]) => !settled.includes(name)))
}

function focusFirst(errors: FieldErrors): void {
  const first = (['from', 'to', 'port'] as const).find((name) => errors[name] !== undefined)
  if (first !== undefined) document.querySelector<HTMLInputElement>(`input[name="${first}"]`)?.focus()
}
