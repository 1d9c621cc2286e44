import { act, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true)

export interface Rendered {
  readonly box: HTMLElement
  readonly show: (node: ReactNode) => void
  /** Presses a key on the focused element, or on the one given. Gives false when a handler prevented the default. */
  readonly press: (key: string, on?: Element | null, init?: KeyboardEventInit) => boolean
  readonly click: (on: Element | null) => void
  /** What a pointer tells of itself; React makes its leaving out of `pointerout`. */
  readonly point: (on: Element, type: 'pointermove' | 'pointerout') => void
  readonly focus: (on: HTMLElement | undefined) => void
  readonly type: (input: Element | null, text: string) => void
  readonly find: (selector: string) => HTMLElement
}

/** Renders into the document with React itself; the box is emptied by the next call. */
export function render(node: ReactNode): Rendered {
  document.body.replaceChildren()
  const box = document.body.appendChild(document.createElement('div'))
  const root = createRoot(box)
  const show = (next: ReactNode) => act(() => root.render(next))
  show(node)
  const dispatch = (on: Element | null, event: Event) => {
    let allowed = true
    act(() => {
      allowed = on?.dispatchEvent(event) ?? true
    })
    return allowed
  }
  return {
    box,
    show,
    press: (key, on = document.activeElement, init = {}) =>
      dispatch(on, new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })),
    click: (on) => void dispatch(on, new MouseEvent('click', { bubbles: true, cancelable: true })),
    point: (on, type) => void dispatch(on, new MouseEvent(type, { bubbles: true, relatedTarget: document.body })),
    focus: (on) => act(() => on?.focus()),
    type: (input, text) => {
      if (!(input instanceof HTMLInputElement)) throw new Error('not an input')
      // React follows the value through the prototype's setter; its own is bypassed so that it sees a change.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
      dispatch(input, new Event('input', { bubbles: true }))
    },
    find: (selector) => {
      const found = box.querySelector<HTMLElement>(selector)
      if (found === null) throw new Error(`nothing matches ${selector}`)
      return found
    },
  }
}
