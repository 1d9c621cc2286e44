import { type ReactNode, useState } from 'react'
import type { LabCheck, LabStep } from '../../../core/manage/lab.ts'
import { useAppStore } from '../../store/hooks.ts'
import { Markdown, type RunCommand } from './markdown.tsx'

interface StepProps {
  readonly step: LabStep
  readonly index: number
  readonly state: 'done' | 'current' | 'later'
  readonly open: boolean
  readonly onOpen: () => void
  /** Title of the step behind it; null for the last. */
  readonly next: string | null
  readonly onNext: () => void
  readonly onRun: RunCommand
}

const STATE_WORDS = { done: 'done', current: 'to do', later: 'later' } as const

/** One step: its title always, its text, commands and checks when it is open. */
export function LabStepView({ step, index, state, open, onOpen, next, onNext, onRun }: StepProps): ReactNode {
  const [hint, setHint] = useState(false)
  const id = `lab-step-${index}`
  return (
    <li className={`lab-step ${state}`} aria-current={state === 'current' ? 'step' : undefined}>
      <h3>
        <button
          type="button"
          aria-label={`${step.title}, ${STATE_WORDS[state]}`}
          aria-expanded={open}
          aria-controls={id}
          onClick={onOpen}
        >
          <span className="lab-mark" aria-hidden="true">
            {state === 'done' ? '✓' : index + 1}
          </span>
          {step.title}
        </button>
      </h3>
      {open && (
        <div id={id} className="lab-text">
          <Markdown text={step.body} onRun={onRun} />
          <ul className="lab-checks" aria-label="Checks">
            {step.checks.map((check) => (
              <Check key={check.text} check={check} />
            ))}
          </ul>
          {step.hint !== null && (
            <div className="lab-hint">
              <button type="button" className="link" aria-expanded={hint} onClick={() => setHint(!hint)}>
                {hint ? 'Hide the hint' : 'Show a hint'}
              </button>
              {hint && <Markdown text={step.hint} />}
            </div>
          )}
          {state === 'done' && next !== null && (
            <button type="button" className="primary lab-next" onClick={onNext}>
              Next: {next}
            </button>
          )}
        </div>
      )}
    </li>
  )
}

const MARKS = { passed: '✓', failed: '○', pending: '·' } as const
const CHECK_WORDS = { passed: 'holds', failed: 'does not hold yet', pending: 'not reached' } as const

function Check({ check }: { readonly check: LabCheck }): ReactNode {
  const store = useAppStore()
  const { flow } = check
  return (
    <li className={`lab-check ${check.state}`}>
      <span className="lab-check-mark" aria-hidden="true">
        {MARKS[check.state]}
      </span>
      <div>
        <p>
          {check.text}
          <span className="visually-hidden"> {CHECK_WORDS[check.state]}</span>
        </p>
        {check.why !== null && <p className="lab-why">{check.why}</p>}
      </div>
      {flow !== null && (
        <button
          type="button"
          className="quiet small"
          aria-label={`Trace it: ${check.text}`}
          title="Trace it and show it in the picture"
          onClick={() => void store.getState().traceLabFlow(flow)}
        >
          Trace it
        </button>
      )}
    </li>
  )
}
