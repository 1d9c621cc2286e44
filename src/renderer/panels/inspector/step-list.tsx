import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import type { Evidence } from '../../../core/trace/evidence.ts'
import type { Step, TriedRule } from '../../../core/trace/step.ts'
import type { Hop } from '../../../core/trace/trace-report.ts'
import { describeStep, type StepWords } from '../event-list/describe-step.ts'
import type { ComparedStep } from './hop-agreement.tsx'
import { WholeWords } from '../whole-words.tsx'
import './step-list.css'

export interface StepListProps {
  readonly hop: Hop
  /** What a live trace's comparison says of each step; null for a prediction alone. */
  readonly compared: readonly ComparedStep[] | null
  /** Nothing of the whole trace was read from a host: that is said once, not of each step. */
  readonly allSynth: boolean
  /** Index of the step at the playhead. */
  readonly current: number
  /** Whether the current step is kept in view. */
  readonly follow: boolean
  readonly onStep: (index: number) => void
}

/** Scrolls to a step; with the last one to what stands below the steps, too, as far as there is room for both. */
function bringIntoView(list: HTMLElement | null, current: number, last: boolean): void {
  const below = list?.parentElement?.lastElementChild ?? null
  if (last && below !== list) below?.scrollIntoView({ block: 'nearest' })
  list?.children[current]?.scrollIntoView({ block: 'nearest' })
}

/** What the hop did, in the kernel's order, each step with its rule in the rule's own words. */
export function StepList({ hop, compared, allSynth, current, follow, onStep }: StepListProps): ReactNode {
  const list = useRef<HTMLOListElement>(null)
  const last = current === hop.steps.length - 1
  useEffect(() => {
    if (follow) bringIntoView(list.current, current, last)
  }, [follow, current, last])
  if (hop.steps.length === 0) return <p className="evidence">The packet only passes here.</p>
  return (
    <>
      {allSynth && <p className="evidence">{BASIS_WORDS.synth}.</p>}
      <ol className="steps" aria-label="Steps" ref={list}>
        {hop.steps.map((step, index) => (
          <StepItem
            key={`${index} ${step.kind}`}
            step={step}
            device={hop.device}
            compared={compared?.[index] ?? null}
            synthSaid={allSynth}
            current={index === current}
            onClick={() => onStep(index)}
          />
        ))}
      </ol>
    </>
  )
}

interface StepItemProps {
  readonly step: Step
  readonly device: string | null
  readonly compared: ComparedStep | null
  readonly synthSaid: boolean
  readonly current: boolean
  readonly onClick: () => void
}

function StepItem({ step, device, compared, synthSaid, current, onClick }: StepItemProps): ReactNode {
  const words = describeStep(step, device)
  const judged = step.kind === 'rule' || step.kind === 'policy'
  const compact = step.kind === 'rule' && onlyMoves(step)
  return (
    <li className={`step tone-${words.tone}`} aria-current={current ? 'step' : undefined}>
      <button type="button" className="step-head" onClick={onClick} title={compact ? step.why : 'Go to this step'}>
        {compact ? (
          <span className="step-code mono">
            <WholeWords text={`${step.table}: ${step.rule}`} />
          </span>
        ) : (
          <>
            <b>
              <WholeWords text={words.place} />
            </b>
            <span className={`step-verdict tone-${words.tone}`}>{words.verdict}</span>
          </>
        )}
      </button>
      {!compact && <StepBody step={step} words={words} />}
      {judged && step.triedBefore > 0 && <TriedRules count={step.triedBefore} tried={step.tried} />}
      {compared !== null && <Compared compared={compared} />}
      {compared?.line.observed !== null && <EvidenceNote evidence={step.evidence} synthSaid={synthSaid} />}
    </li>
  )
}

function StepBody({ step, words }: { readonly step: Step; readonly words: StepWords }): ReactNode {
  const code = codeOf(step)
  return (
    <>
      {code !== null && (
        <code className="rule mono">
          <WholeWords text={code} />
        </code>
      )}
      {code === null && step.diff.length === 0 && words.detail !== '' && <small className="mono">{words.detail}</small>}
      {step.diff.map((change) => (
        <span key={change.field} className="step-diff mono">
          {change.field} <del className="was">{change.before}</del> <ins className="now">{change.after}</ins>
        </span>
      ))}
      {step.why !== '' && <small>{step.why}</small>}
    </>
  )
}

/** A jump between chains says it all by itself; many in a row would bury the steps that decide. */
function onlyMoves(step: Extract<Step, { kind: 'rule' }>): boolean {
  return step.verdict === 'jump' || step.verdict === 'goto' || step.verdict === 'return'
}

/** Returns what stands in the code box: what an administrator would recognise from the tool that prints it. */
function codeOf(step: Step): string | null {
  if (step.kind === 'rule') return step.rule
  if (step.kind === 'route') return step.route
  if (step.kind === 'conntrack' && step.entry !== '') return step.entry
  return step.kind === 'unknown' ? step.what : null
}

interface TriedRulesProps {
  readonly count: number
  readonly tried: readonly TriedRule[] | undefined
}

function TriedRules({ count, tried }: TriedRulesProps): ReactNode {
  const [open, setOpen] = useState(false)
  const words = `${count} ${count === 1 ? 'rule' : 'rules'} tried before it did not match`
  if (tried === undefined || tried.length === 0) return <small>{words}</small>
  return (
    <>
      <small>
        {words} ·{' '}
        <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'hide' : 'show'}
        </button>
      </small>
      {open && (
        <ul className="tried">
          {tried.map((each, index) => (
            <li key={`${index} ${each.rule}`}>
              <code className="rule faint mono">
                <WholeWords text={each.rule} />
              </code>
              <small>{each.failed}</small>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** What one side alone has is said to be so; beside what the kernel took stands what was predicted instead. */
function Compared({ compared: { line, instead } }: { readonly compared: ComparedStep }): ReactNode {
  if (line.verdict === 'agrees') return null
  if (line.verdict === 'not-observable') return line.remark === null ? null : <small>{line.remark}</small>
  const words =
    line.observed === null ? '≠ Predicted; the kernel did not do it' : '≠ The kernel did this; it is not predicted'
  return (
    <>
      <small className="step-differs">{words}</small>
      {instead !== null && (
        <small>
          Predicted instead:{' '}
          <WholeWords text={instead.kind === 'rule' ? instead.rule : describeStep(instead, null).verdict} />
        </small>
      )}
    </>
  )
}

const BASIS_WORDS: Readonly<Record<Evidence['basis'], string | null>> = {
  state: null,
  synth: 'Not read from the host: written as Docker would have written it',
  assumed: 'Assumed: not on this host',
  'nft-trace': 'Seen in the kernel’s rule trace',
  frame: 'Seen on the wire',
  counter: 'Seen in a rule’s counter',
  'drop-reason': 'Told by the kernel as a drop reason',
  prediction: 'Filled in from the prediction',
}

interface EvidenceNoteProps {
  readonly evidence: Evidence
  readonly synthSaid: boolean
}

function EvidenceNote({ evidence, synthSaid }: EvidenceNoteProps): ReactNode {
  const { basis, note } = evidence
  // What is filled in says why in its note.
  const said = (basis === 'prediction' && note !== undefined) || (basis === 'synth' && synthSaid)
  const words = said ? null : BASIS_WORDS[basis]
  if (words === null && note === undefined) return null
  return <small className="evidence">{[words, note].filter(Boolean).join(' · ')}</small>
}
