import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { asSentence } from './as-sentence.ts'

/** One line of a menu. */
export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly detail?: string
  readonly grave?: boolean
  /** Why it cannot be chosen; null where it can. */
  readonly impossible: string | null
  readonly run: () => void
}

export interface MenuButtonProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly className?: string
  readonly tabIndex?: number
  readonly children: ReactNode
}

/** A button with a menu, after the menu button pattern of the ARIA practices: arrows move, Enter chooses, Escape closes. */
export function MenuButton({
  label,
  items,
  className = 'icon-button',
  tabIndex,
  children,
}: MenuButtonProps): ReactNode {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = (back: boolean) => {
    setOpen(false)
    if (back) button.current?.focus()
  }
  const choose = (item: MenuItem) => {
    if (item.impossible !== null) return
    // The button has the focus again when a dialog opens, and so gets it back when that closes.
    close(true)
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' || open) return
    event.preventDefault()
    event.stopPropagation()
    setOpen(true)
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        tabIndex={tabIndex}
        onClick={() => setOpen(!open)}
        onKeyDown={onKeyDown}
      >
        {children}
      </button>
      {open && <Menu id={id} label={label} items={items} anchor={button} onChoose={choose} onClose={close} />}
    </>
  )
}

interface MenuProps {
  readonly id: string
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly anchor: RefObject<HTMLElement | null>
  readonly onChoose: (item: MenuItem) => void
  /** `back` where the focus goes back to the button. */
  readonly onClose: (back: boolean) => void
}

function Menu({ id, label, items, anchor, onChoose, onClose }: MenuProps): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    placeBeside(box.current, anchor.current)
    box.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus()
  }, [anchor])
  useEffect(() => {
    const onPointer = (event: Event) => {
      const target = event.target instanceof Node ? event.target : null
      if (box.current?.contains(target) === false && anchor.current?.contains(target) === false) onClose(false)
    }
    document.addEventListener('pointerdown', onPointer)
    return () => document.removeEventListener('pointerdown', onPointer)
  }, [anchor, onClose])
  useEffect(() => {
    // It would stay where its button no longer is.
    const onResize = () => onClose(false)
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [onClose])
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // Whatever is pressed here is the menu's: nothing behind it moves.
    event.stopPropagation()
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      return onClose(true)
    }
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')]
    const next = nextIndex(event.key, all.indexOf(document.activeElement as HTMLElement), all.length)
    if (next === null) return
    event.preventDefault()
    all[next]?.focus()
  }
  return (
    <div className="menu" role="menu" id={id} aria-label={label} ref={box} tabIndex={-1} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={item.grave === true ? 'menu-item grave' : 'menu-item'}
          aria-disabled={item.impossible !== null}
          title={item.impossible ?? undefined}
          onClick={() => onChoose(item)}
        >
          {item.label}
          {(item.impossible ?? item.detail) !== undefined && (
            <small>{asSentence(item.impossible ?? item.detail ?? '')}</small>
          )}
        </button>
      ))}
    </div>
  )
}

/** Returns where a key moves to in a list of so many; null for a key that does not move. */
export function nextIndex(key: string, at: number, count: number): number | null {
  if (count === 0) return null
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count
    case 'ArrowUp':
      return (at - 1 + count) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

/** The menu floats over the whole window, since the panel that it belongs to scrolls; it stays inside of the window. */
function placeBeside(box: HTMLElement | null, anchor: HTMLElement | null): void {
  if (box === null || anchor === null) return
  const rect = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const below = rect.bottom + 3
  const top = below + height <= window.innerHeight - 8 ? below : Math.max(8, rect.top - height - 3)
  box.style.left = `${Math.max(8, Math.min(rect.left, window.innerWidth - width - 8))}px`
  box.style.top = `${top}px`
}
