import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { LabState } from '../../../core/manage/lab.ts'
import { failureWords } from '../../store/failure-words.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { placeFailure } from '../trace-form/check-form.ts'
import { LabStepView } from './lab-step.tsx'
import { Markdown } from './markdown.tsx'

/** The lab that is under way: its steps, the one that is to be done open. */
export function LabRun({ run }: { readonly run: LabState }): ReactNode {
  const store = useAppStore()
  const { summary, steps, current, done } = run
  const onRun = useCallback((command: string) => void store.getState().runLabCommand(command), [store])
  const [open, setOpen] = useState(current)
  return (
    <>
      <LabHead run={run} />
      <div className="lab-text">
        <Markdown text={run.intro} onRun={onRun} />
      </div>
      <TraceProblem />
      <ol className="lab-steps">
        {steps.map((step, index) => (
          <LabStepView
            key={step.title}
            step={step}
            index={index}
            state={index < current ? 'done' : index === current ? 'current' : 'later'}
            open={open === index}
            onOpen={() => setOpen(open === index ? -1 : index)}
            next={index + 1 < steps.length ? (steps[index + 1]?.title ?? null) : null}
            onNext={() => setOpen(index + 1)}
            onRun={onRun}
          />
        ))}
      </ol>
      {done && (
        <p className="lab-done" role="status">
          Done. {summary.aim}
        </p>
      )}
    </>
  )
}

function LabHead({ run: { summary, steps, current, ground } }: { readonly run: LabState }): ReactNode {
  const store = useAppStore()
  const busy = useApp(({ labs }) => labs.busy)
  const head = useRef<HTMLElement>(null)
  useEffect(() => {
    // In braces, since a browser may give a promise, and React would call it to clean up.
    head.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const end = () => void store.getState().endLab()
  return (
    <>
      <header className="lab-head" ref={head}>
        <h2>
          <span className="lab-number">{summary.number}</span>
          {summary.title}
        </h2>
        <button type="button" className="quiet small" disabled={busy !== null} onClick={end}>
          End lab
        </button>
      </header>
      <progress
        className="lab-progress"
        aria-label={`Steps done of lab ${summary.number}`}
        max={steps.length}
        value={current}
      />
      <p className="lab-where">
        {ground === 'sandbox' ? 'In the sandbox' : 'On the Docker engine'} · {current} of {steps.length} steps
        {busy !== null && ` · ${busy}`}
      </p>
    </>
  )
}

/** What is wrong with a question belongs to the form's fields, which are not here. */
function TraceProblem(): ReactNode {
  const failure = useApp((state) => state.failure)
  const form = useApp((state) => state.form)
  if (failure === null || placeFailure(failure, form).form !== undefined) return null
  return <p className="lab-problem">{failureWords(failure)}</p>
}
