import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { WatchInfo } from '../../../core/watch/watch.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { listWatchTargets, whyNoWatch } from '../../store/watch-targets.ts'
import { ImportButton } from '../capture/import-button.tsx'
import { Problem, TransferBar } from '../capture/transfer-bar.tsx'
import { WatchForm } from './watch-form.tsx'
import './watch-form.css'
import './watch.css'
import './watch-table.css'

/** The left panel while traffic is watched: the question, the watches that there are, and captures to read. */
export function WatchPanel(): ReactNode {
  const store = useAppStore()
  const form = useApp((state) => state.watch.form)
  const errors = useApp((state) => state.watch.errors)
  const starting = useApp((state) => state.watch.starting)
  const infos = useApp((state) => state.watch.infos)
  const current = useApp((state) => state.watch.current)
  const host = useApp((state) => state.host)
  const status = useApp((state) => state.status)
  const targets = useMemo(() => listWatchTargets(host), [host])
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => focusError(box.current, errors), [errors])
  const actions = store.getState()
  return (
    <div ref={box}>
      <WatchForm
        fields={form}
        errors={errors}
        targets={targets}
        starting={starting}
        impossible={whyNoWatch(status)}
        onChange={actions.setWatchForm}
        onSubmit={() => void actions.startWatch()}
      />
      <WatchList
        infos={infos}
        current={current}
        onShow={actions.showWatch}
        onForget={(id) => void actions.forgetWatch(id)}
      />
      <ImportButton onFile={(file) => void actions.importFile(file)} />
      <TransferBar />
      <Problem />
    </div>
  )
}

/** The focus goes to where something has to be mended. */
function focusError(box: HTMLElement | null, errors: { readonly target?: string; readonly filter?: string }): void {
  const name = errors.target !== undefined ? 'watch-target' : errors.filter !== undefined ? 'watch-filter' : null
  if (name !== null) box?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus()
}

interface WatchListProps {
  readonly infos: readonly WatchInfo[]
  readonly current: string | null
  readonly onShow: (id: string) => void
  readonly onForget: (id: string) => void
}

const STAGE_WORDS = { starting: 'starting', running: 'running', paused: 'paused', ended: 'ended' } as const

function WatchList({ infos, current, onShow, onForget }: WatchListProps): ReactNode {
  if (infos.length === 0) return null
  return (
    <section aria-label="Watches">
      <h2 className="heading watch-list-heading">Watches and captures</h2>
      <ul className="watch-list">
        {infos.map((info) => (
          <li key={info.id}>
            <button
              type="button"
              className="watch-item"
              aria-pressed={info.id === current}
              title={[info.label, info.filter, info.problem ?? ''].filter(Boolean).join('\n')}
              onClick={() => onShow(info.id)}
            >
              <span className={`watch-dot ${info.stage}`} aria-hidden="true" />
              <span className="watch-item-name">{info.label}</span>
              <small>{info.target === null ? 'imported' : STAGE_WORDS[info.stage]}</small>
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Forget ${info.label}`}
              title="Forget this watch and its packets"
              onClick={() => onForget(info.id)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
