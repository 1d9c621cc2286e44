import { type ReactNode, useEffect, useId, useRef } from 'react'
import type { FieldProblem } from '../../../../core/manage/plan.ts'
import { useBusy, useProblems } from './dialog-context.ts'
import { asSentence } from '../as-sentence.ts'

interface FieldProps {
  readonly label: string
  /** Path of what the field fills in, below the action: its problems stand under it. */
  readonly at: string
  readonly hint?: string
}

export interface TextFieldProps extends FieldProps {
  readonly value: string
  readonly placeholder?: string
  readonly mono?: boolean
  readonly suggestions?: readonly string[]
  readonly onChange: (value: string) => void
}

/** One line of text. */
export function TextField(props: TextFieldProps): ReactNode {
  const field = useField(props)
  const { suggestions, mono = false } = props
  return (
    <div className="dialog-field">
      <label htmlFor={field.id}>{props.label}</label>
      <input
        {...field.attributes}
        className={inputClass(field.bad, mono)}
        placeholder={props.placeholder}
        list={suggestions === undefined ? undefined : `${field.id}-list`}
        autoComplete="off"
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {suggestions !== undefined && (
        <datalist id={`${field.id}-list`}>
          {suggestions.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </datalist>
      )}
      <FieldNotes id={field.id} hint={props.hint} problems={field.problems} />
    </div>
  )
}

/** Several lines of text, one thing a line. */
export function LinesField(props: Omit<TextFieldProps, 'suggestions' | 'mono'>): ReactNode {
  const field = useField(props)
  return (
    <div className="dialog-field">
      <label htmlFor={field.id}>{props.label}</label>
      <textarea
        {...field.attributes}
        className={inputClass(field.bad, true)}
        rows={Math.min(6, Math.max(2, props.value.split('\n').length))}
        placeholder={props.placeholder}
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <FieldNotes id={field.id} hint={props.hint} problems={field.problems} />
    </div>
  )
}

/** One line of a choice. */
export interface Option<T extends string> {
  readonly value: T
  readonly label: string
}

export interface ChoiceFieldProps<T extends string> extends FieldProps {
  readonly value: T
  readonly options: readonly Option<T>[]
  readonly onChange: (value: T) => void
}

/** One of a few, as the system's own list. */
export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>): ReactNode {
  const field = useField(props)
  const choose = (value: string) => {
    const option = props.options.find((each) => each.value === value)
    if (option !== undefined) props.onChange(option.value)
  }
  return (
    <div className="dialog-field">
      <label htmlFor={field.id}>{props.label}</label>
      <select
        {...field.attributes}
        className={inputClass(field.bad, false)}
        value={props.value}
        onChange={(event) => choose(event.target.value)}
      >
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <FieldNotes id={field.id} hint={props.hint} problems={field.problems} />
    </div>
  )
}

export interface CheckFieldProps extends FieldProps {
  readonly checked: boolean
  /** Why it cannot be changed here. */
  readonly impossible?: string
  readonly onChange: (checked: boolean) => void
}

/** Yes or no. */
export function CheckField(props: CheckFieldProps): ReactNode {
  const hint = props.impossible ?? props.hint
  const field = useField({ ...props, ...(hint === undefined ? {} : { hint }) })
  return (
    <div className="dialog-field check">
      <label htmlFor={field.id}>
        <input
          {...field.attributes}
          type="checkbox"
          disabled={field.attributes.disabled || props.impossible !== undefined}
          checked={props.checked}
          onChange={(event) => props.onChange(event.target.checked)}
        />
        {props.label}
      </label>
      <FieldNotes id={field.id} hint={hint} problems={field.problems} />
    </div>
  )
}

function useField({ at, hint }: FieldProps) {
  const id = useId()
  const problems = useProblems(at)
  const disabled = useBusy()
  const bad = problems.some(({ severity }) => severity === 'error')
  const described = problems.length > 0 || hint !== undefined
  const attributes = {
    id,
    name: at,
    disabled,
    'aria-invalid': bad,
    'aria-describedby': described ? `${id}-notes` : undefined,
  }
  return { id, bad, problems, attributes }
}

function inputClass(bad: boolean, mono: boolean): string {
  return ['input', mono ? 'mono' : '', bad ? 'bad' : ''].filter(Boolean).join(' ')
}

interface FieldNotesProps {
  readonly id: string
  readonly hint: string | undefined
  readonly problems: readonly FieldProblem[]
}

/** What is wrong with a field, else what helps to fill it in. */
function FieldNotes({ id, hint, problems }: FieldNotesProps): ReactNode {
  const notes = useRef<HTMLDivElement>(null)
  const first = problems[0]?.message
  useEffect(() => {
    // What is wrong with the field that is typed in is read without scrolling for it.
    if (first === undefined || document.activeElement?.getAttribute('aria-describedby') !== `${id}-notes`) return
    notes.current?.scrollIntoView({ block: 'nearest' })
  }, [id, first])
  if (problems.length === 0 && hint === undefined) return null
  return (
    <div id={`${id}-notes`} ref={notes}>
      {problems.map(({ message, severity }) => (
        <p key={message} className={severity === 'error' ? 'field-error' : 'field-warning'} role="alert">
          {asSentence(message)}
        </p>
      ))}
      {problems.length === 0 && <p className="field-hint">{hint}</p>}
    </div>
  )
}
