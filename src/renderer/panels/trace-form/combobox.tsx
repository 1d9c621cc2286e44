import { useId, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode, RefObject } from 'react'
import { type EndpointOption, filterEndpoints } from './list-endpoints.ts'

// The combobox pattern gives its roles to plain elements, and its keys are handled in the field that keeps the focus.
// oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events
// oxlint-disable jsx-a11y/no-noninteractive-element-to-interactive-role

/** More options than this are not drawn: typing narrows them faster than scrolling finds them. */
const MAX_SHOWN = 60

export interface ComboboxProps {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly placeholder: string
  readonly options: readonly EndpointOption[]
  readonly error: string | undefined
  /** Called with what was typed, and with the option when one was chosen. */
  readonly onChange: (value: string, option: EndpointOption | null) => void
}

/**
 * A text field with a list of suggestions, after the combobox pattern of the ARIA practices: arrows move in the list
 * while the focus stays in the field, Enter takes the marked option (or submits the form when none is), Escape closes.
 * Free text is allowed.
 */
export function Combobox(props: ComboboxProps): ReactNode {
  const id = useId()
  const list = useOptionList(props)
  const input = useRef<HTMLInputElement>(null)
  const chosen = props.options.find((option) => option.value === props.value)
  const describedBy = props.error === undefined ? undefined : `${id}-error`
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <div className="combo">
        <input
          ref={input}
          id={id}
          name={props.name}
          role="combobox"
          className={props.error === undefined ? 'input' : 'input bad'}
          aria-expanded={list.open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={list.active === null ? undefined : `${id}-${list.active}`}
          aria-invalid={props.error !== undefined}
          aria-describedby={describedBy}
          autoComplete="off"
          spellCheck={false}
          placeholder={props.placeholder}
          title={props.value}
          value={props.value}
          onChange={(event) => list.type(event.target.value)}
          onClick={list.openAll}
          onBlur={list.close}
          onKeyDown={list.onKeyDown}
        />
        {chosen !== undefined && chosen.kind === 'container' && props.value.length + chosen.detail.length < 25 && (
          <span className="combo-hint mono" aria-hidden="true">
            {chosen.detail}
          </span>
        )}
      </div>
      {list.open && <OptionList id={id} anchor={input} list={list} label={props.label} />}
      {props.error !== undefined && (
        <p className="field-error" id={describedBy} role="alert">
          {props.error}
        </p>
      )}
    </div>
  )
}

interface OptionListState {
  readonly open: boolean
  readonly active: number | null
  readonly shown: readonly EndpointOption[]
  readonly hidden: number
  readonly type: (text: string) => void
  readonly openAll: () => void
  readonly close: () => void
  readonly choose: (option: EndpointOption) => void
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void
}

function useOptionList({ options, value, onChange }: ComboboxProps): OptionListState {
  const [mode, setMode] = useState<'closed' | 'all' | 'typed'>('closed')
  const [active, setActive] = useState<number | null>(null)
  const matching = filterEndpoints(options, mode === 'typed' ? value : '')
  const shown = matching.slice(0, MAX_SHOWN)
  const show = (next: 'closed' | 'all' | 'typed', at: number | null) => {
    setMode(next)
    setActive(at)
  }
  const close = () => show('closed', null)
  const choose = (option: EndpointOption) => {
    onChange(option.value, option)
    close()
  }
  const move = (step: number) => {
    if (mode === 'closed') return show('all', step > 0 ? 0 : Math.min(options.length, MAX_SHOWN) - 1)
    const from = active ?? (step > 0 ? -1 : shown.length)
    if (shown.length > 0) setActive((from + step + shown.length) % shown.length)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      return move(event.key === 'ArrowDown' ? 1 : -1)
    }
    if (event.key === 'Enter') {
      const option = active === null ? undefined : shown[active]
      if (option === undefined) return close()
      event.preventDefault()
      return choose(option)
    }
    if (event.key === 'Escape' && mode !== 'closed') {
      event.stopPropagation()
      close()
    }
  }
  const type = (text: string) => {
    onChange(text, null)
    show('typed', null)
  }
  const open = mode !== 'closed' && shown.length > 0
  const hidden = matching.length - shown.length
  return { open, active, shown, hidden, type, openAll: () => show('all', null), close, choose, onKeyDown }
}

interface OptionListProps {
  readonly id: string
  readonly label: string
  readonly anchor: RefObject<HTMLElement | null>
  readonly list: OptionListState
}

function OptionList({ id, label, anchor, list }: OptionListProps): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => placeBelow(box.current, anchor.current), [anchor])
  useLayoutEffect(() => {
    if (list.active !== null)
      box.current?.querySelectorAll('[role="option"]')[list.active]?.scrollIntoView({ block: 'nearest' })
  }, [list.active])
  return (
    <div className="options" ref={box}>
      <ul id={`${id}-list`} role="listbox" aria-label={label} onMouseDown={(event) => event.preventDefault()}>
        {list.shown.map((option, index) => (
          <li
            key={`${option.kind} ${option.label} ${option.detail}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === list.active}
            onClick={() => list.choose(option)}
          >
            <span className="option-label">{option.label}</span>
            <span className="option-kind">{option.kind}</span>
            <span className="option-detail mono">{option.detail}</span>
          </li>
        ))}
      </ul>
      {list.hidden > 0 && <p className="options-more">{list.hidden} more: type to narrow the list</p>}
    </div>
  )
}

/** The list floats over the whole window, since the panel that it belongs to scrolls and would cut it. */
function placeBelow(box: HTMLElement | null, anchor: HTMLElement | null): void {
  if (box === null || anchor === null) return
  const rect = anchor.getBoundingClientRect()
  box.style.left = `${rect.left}px`
  box.style.top = `${rect.bottom + 3}px`
  box.style.minWidth = `${rect.width}px`
}
