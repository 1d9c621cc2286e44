import type { ReactNode } from 'react'
import type { SourceStatus } from '../../../protocol/contract.ts'
import type { Theme } from '../../store/store.ts'
import { HelperButton } from '../helper-consent/helper-button.tsx'
import { describeStatus } from './describe-status.ts'
import './top-bar.css'

export interface TopBarProps {
  readonly status: SourceStatus | null
  readonly connected: boolean
  readonly theme: Theme
  /** Stands in the middle, and takes what room there is. */
  readonly news?: ReactNode
  readonly onTheme: (theme: Theme) => void
  readonly onHelper: () => void
  readonly onRefresh: () => void
  readonly onHelp: () => void
}

/** The brand, where the shown host comes from and how that stands, and the switches of the whole app. */
export function TopBar(props: TopBarProps): ReactNode {
  const view = describeStatus(props.status, props.connected)
  return (
    <header className="top-bar">
      <h1 className="brand">
        <svg viewBox="0 0 22 12" width="22" height="12" aria-hidden="true">
          <path d="M3 6h16" stroke="currentColor" strokeWidth="1.6" opacity=".5" />
          <circle cx="3" cy="6" r="2.6" fill="currentColor" />
          <circle cx="11" cy="6" r="2.6" fill="currentColor" />
          <circle cx="19" cy="6" r="2.6" fill="currentColor" />
        </svg>
        Hopwire
      </h1>
      <output className="source" title={view.title}>
        <span className={`dot ${view.tone}`} aria-hidden="true" />
        <span className="source-text">{view.text}</span>
        {view.progress !== null && <progress aria-label={view.text} value={view.progress} max={1} />}
      </output>
      {view.problem !== null && (
        <span className="source-problem" role="alert" title={view.problem}>
          {view.problem}
        </span>
      )}
      {props.news ?? <span className="grow" />}
      {props.connected && props.status?.helperConsent !== undefined && (
        <HelperButton consent={props.status.helperConsent} onHelper={props.onHelper} />
      )}
      <button type="button" className="bar-button" onClick={props.onRefresh} title="Read the host anew">
        Refresh
      </button>
      <button
        type="button"
        className="bar-button"
        onClick={props.onHelp}
        title="Keyboard and help (?)"
        aria-label="Keyboard and help"
      >
        ?
      </button>
      <ThemeSwitch theme={props.theme} onTheme={props.onTheme} />
    </header>
  )
}

const THEMES: readonly {
  readonly theme: Theme
  readonly label: string
  readonly next: Theme
  readonly mark: string
}[] = [
  { theme: 'system', label: 'Colours: as the system', next: 'light', mark: '◐' },
  { theme: 'light', label: 'Colours: light', next: 'dark', mark: '○' },
  { theme: 'dark', label: 'Colours: dark', next: 'system', mark: '●' },
]

function ThemeSwitch({ theme, onTheme }: Pick<TopBarProps, 'theme' | 'onTheme'>): ReactNode {
  const current = THEMES.find((each) => each.theme === theme)
  if (current === undefined) return null
  const label = `${current.label}. Press for ${current.next === 'system' ? 'as the system' : current.next}.`
  return (
    <button
      type="button"
      className="bar-button theme"
      aria-label={label}
      title={label}
      onClick={() => onTheme(current.next)}
    >
      <span aria-hidden="true">{current.mark}</span>
    </button>
  )
}
