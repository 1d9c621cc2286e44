import type { ReactNode } from 'react'
import type { Reachability, ReachChange } from '../../../../core/manage/plan.ts'
import { WholeWords } from '../../whole-words.tsx'
import { asSentence } from '../as-sentence.ts'

/** Lines that stand open; more are folded. */
const SHOWN = 4

/** Who can reach whom after a change and could not before, the other way round, and what only ends otherwise. */
export function ReachList({ reach }: { readonly reach: Reachability }): ReactNode {
  const { opens, closes, changes, checked, unknown } = reach
  const none = opens.length + closes.length + changes.length === 0
  return (
    <>
      {none && <p>{noneWords(checked)}</p>}
      <Group title="Opens" mark="+" tone="opens" list={opens} />
      <Group title="Closes" mark="−" tone="closes" list={closes} />
      <Group title="Ends otherwise" mark="~" tone="changes" list={changes} />
      {!none && <p className="field-hint">{checked} ways were traced on the host as it would be.</p>}
      {unknown !== null && <p className="field-warning">{asSentence(unknown)}</p>}
    </>
  )
}

function noneWords(checked: number): string {
  if (checked === 0) return 'There is no pair to check.'
  return `Nothing: all ${checked} ways that were traced end as before.`
}

interface GroupProps {
  readonly title: string
  readonly mark: string
  readonly tone: 'opens' | 'closes' | 'changes'
  readonly list: readonly ReachChange[]
}

function Group({ title, mark, tone, list }: GroupProps): ReactNode {
  if (list.length === 0) return null
  const rest = list.slice(SHOWN)
  const line = (each: ReachChange) => (
    <ReachLine key={`${each.from} ${each.to} ${each.protocol}`} change={each} mark={mark} />
  )
  return (
    <section className={`reach ${tone}`} aria-label={title}>
      <h4>
        {title} <span>{list.length}</span>
      </h4>
      <ul>{list.slice(0, SHOWN).map(line)}</ul>
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <ul>{rest.map(line)}</ul>
        </details>
      )}
    </section>
  )
}

function ReachLine({ change, mark }: { readonly change: ReachChange; readonly mark: string }): ReactNode {
  const { from, to, protocol, why, before, after } = change
  return (
    <li title={`${protocol}: ${before} → ${after}`}>
      <span className="reach-mark" aria-hidden="true">
        {mark}
      </span>
      <span className="reach-pair">
        {from} → {to} <small>{protocol}</small>
      </span>
      <small className="reach-why">
        <WholeWords text={asSentence(why)} />
      </small>
    </li>
  )
}
