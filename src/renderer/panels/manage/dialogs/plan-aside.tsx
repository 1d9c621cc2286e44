import type { ReactNode } from 'react'
import { useApp } from '../../../store/hooks.ts'
import type { PlanState } from '../../../store/manage-data.ts'
import { WholeWords } from '../../whole-words.tsx'
import { CopyButton } from './copy-button.tsx'
import { ReachList } from './reach-list.tsx'
import './plan-aside.css'
import { asSentence } from '../as-sentence.ts'

/** What the open dialog's action would do: the command that does the same, what is lost, and who reaches whom after it. */
export function PlanAside({ waiting }: { readonly waiting: string }): ReactNode {
  const state = useApp(({ manage }) => manage.plan)
  const { plan, problem } = state
  const refused = plan?.problems.some(({ severity }) => severity === 'error') === true
  return (
    <aside className="dialog-plan" aria-label="What it would do" aria-busy={state.looking || state.reaching}>
      <h3 className="heading">As a command</h3>
      {plan === null ? (
        <p className="field-hint">{state.looking ? 'One moment…' : problem === null ? waiting : ''}</p>
      ) : (
        <div className="command">
          <code className="rule mono">
            <WholeWords text={plan.command} />
          </code>
          <CopyButton text={plan.command} label="Copy the command" />
        </div>
      )}
      {problem !== null && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {plan !== null && !refused && <Losses losses={plan.losses} undo={plan.undo} />}
      <Changes state={state} />
    </aside>
  )
}

function Losses({ losses, undo }: { readonly losses: readonly string[]; readonly undo: string | null }): ReactNode {
  return (
    <>
      {losses.length > 0 && (
        <>
          <h3 className="heading">What is lost</h3>
          <ul className="losses">
            {losses.map((loss) => (
              <li key={loss}>{asSentence(loss)}</li>
            ))}
          </ul>
        </>
      )}
      <p className={undo === null ? 'field-warning' : 'field-hint'}>
        {undo === null ? 'This cannot be undone.' : asSentence(undo)}
      </p>
    </>
  )
}

function Changes({ state }: { readonly state: PlanState }): ReactNode {
  const reach = state.plan?.reach ?? null
  if (reach === null && !state.reaching) return null
  return (
    <>
      <h3 className="heading">What this changes</h3>
      {state.reaching && (
        <p className="reaching" role="status">
          <span className="spinner" aria-hidden="true" /> Tracing who could reach whom…
        </p>
      )}
      {reach !== null && (
        <div className={state.reaching || state.looking ? 'stale' : ''}>
          <ReachList reach={reach} />
        </div>
      )}
    </>
  )
}
