import { type ReactNode, useRef, useState, useSyncExternalStore } from 'react'
import type { ConsoleTab } from '../../store/console-data.ts'
import type { LogContent } from '../../store/console-log.ts'
import { useAppStore } from '../../store/hooks.ts'
import { saveFile } from '../../save-file.ts'
import { EndNote } from './end-note.tsx'
import { findLines, logText } from './find-in-log.ts'
import { LogLines } from './log-lines.tsx'

/** A container's log: follow, search, time stamps, copy and save. Who does not follow looks at what was there then. */
export function LogView({ tab }: { readonly tab: ConsoleTab }): ReactNode {
  const store = useAppStore()
  const keeper = store.getState().consoleLog(tab.key)
  const latest = useSyncExternalStore(keeper.subscribe, keeper.content)
  const [held, setHeld] = useState<LogContent | null>(null)
  const [times, setTimes] = useState(true)
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<number | null>(null)
  const content = held ?? latest
  const found = findLines(content.lines, search)
  const at = placeOf(found, content, chosen)
  const setFollow = (follow: boolean) => setHeld(follow ? null : keeper.content())
  const turn = (by: 1 | -1) => {
    // The first time to the newest one, from there to the older ones.
    const next = found[chosen === null ? found.length - 1 : (at + by + found.length) % found.length]
    if (next === undefined) return
    if (held === null) setFollow(false)
    setChosen(content.first + next)
  }
  const onText = (text: string) => {
    setSearch(text)
    setChosen(null)
  }
  return (
    <div className="console-body">
      <div className="console-tools">
        <Toggle label={followLabel(held, latest)} on={held === null} onToggle={() => setFollow(held !== null)} />
        <Toggle label="Times" on={times} onToggle={() => setTimes(!times)} />
        <LogSearch
          text={search}
          found={found.length}
          at={found.length === 0 ? 0 : at + 1}
          onText={onText}
          onTurn={turn}
        />
        <span className="grow" />
        <EndNote tab={tab} again="Follow again" />
        <LogFile container={tab.container} content={content} times={times} />
      </div>
      <LogLines
        content={content}
        follow={held === null}
        times={times}
        search={search}
        current={found[at] ?? null}
        jump={chosen}
        empty={tab.stage === 'open' ? 'Nothing has been printed yet. Lines appear here as they come.' : ''}
        onFollow={setFollow}
      />
    </div>
  )
}

/** Says how much has come since one looks at what is held. */
function followLabel(held: LogContent | null, latest: LogContent): string {
  if (held === null) return 'Follow'
  const more = latest.first + latest.lines.length - held.first - held.lines.length
  return more > 0 ? `Follow (${more} new)` : 'Follow'
}

/** Which of the lines that were found is the current one: the chosen line, or the last where none is. */
function placeOf(found: readonly number[], { first }: LogContent, chosen: number | null): number {
  if (chosen === null) return found.length - 1
  const at = found.findIndex((index) => index + first >= chosen)
  return at < 0 ? found.length - 1 : at
}

interface ToggleProps {
  readonly label: string
  readonly on: boolean
  readonly onToggle: () => void
}

function Toggle({ label, on, onToggle }: ToggleProps): ReactNode {
  return (
    <button type="button" className="quiet small console-toggle" aria-pressed={on} onClick={onToggle}>
      {label}
    </button>
  )
}

interface LogSearchProps {
  readonly text: string
  readonly found: number
  /** Which of them is the current one, from 1. */
  readonly at: number
  readonly onText: (text: string) => void
  readonly onTurn: (by: 1 | -1) => void
}

function LogSearch({ text, found, at, onText, onTurn }: LogSearchProps): ReactNode {
  return (
    <div className="console-search" role="search">
      <input
        className="input"
        type="search"
        aria-label="Search the log"
        placeholder="Search"
        title="Enter: the one before; Shift+Enter: the one after"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          onTurn(event.shiftKey ? 1 : -1)
        }}
      />
      {text !== '' && (
        <>
          <output className="console-found" aria-label="Found">
            {found === 0 ? 'none' : `${at} of ${found}`}
          </output>
          <button type="button" className="quiet small" aria-label="Previous match" onClick={() => onTurn(-1)}>
            ↑
          </button>
          <button type="button" className="quiet small" aria-label="Next match" onClick={() => onTurn(1)}>
            ↓
          </button>
        </>
      )}
    </div>
  )
}

interface LogFileProps {
  readonly container: string
  readonly content: LogContent
  readonly times: boolean
}

function LogFile({ container, content, times }: LogFileProps): ReactNode {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no')
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const copy = async () => {
    const done = await navigator.clipboard.writeText(logText(content.lines, times)).then(
      () => 'yes' as const,
      () => 'failed' as const,
    )
    setCopied(done)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setCopied('no'), 2000)
  }
  const save = () => saveFile(`${container}.log`, new TextEncoder().encode(logText(content.lines, times)))
  const none = content.lines.length === 0
  return (
    <>
      <button type="button" className="quiet small" disabled={none} onClick={() => void copy()}>
        {copied === 'yes' ? 'Copied' : copied === 'failed' ? 'Not allowed' : 'Copy'}
      </button>
      <button type="button" className="quiet small" disabled={none} onClick={save}>
        Save
      </button>
    </>
  )
}
