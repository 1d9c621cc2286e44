import { useCallback, useState } from 'react'
import type { ReactNode } from 'react'
import type { SourceStatus } from '../protocol/contract.ts'
import { TransferNews } from './panels/capture/transfer-bar.tsx'
import { useFileDrop } from './panels/capture/use-file-drop.ts'
import { ConsoleFoot } from './panels/console/console-foot.tsx'
import { FormPanel } from './panels/form-panel.tsx'
import { HelpDialog } from './panels/help/help-dialog.tsx'
import { HelperPanel, type HelperQuestion } from './panels/helper-panel.tsx'
import { InspectorPanel } from './panels/inspector-panel.tsx'
import { LabsPanel } from './panels/labs/labs-panel.tsx'
import { ManageDialogs } from './panels/manage/dialogs/manage-dialogs.tsx'
import { DoneNews, DoneNotes } from './panels/manage/done-news.tsx'
import { ManagePanel } from './panels/manage/manage-panel.tsx'
import { ModeTabs } from './panels/mode-tabs.tsx'
import { InventoryPanel } from './panels/inventory-panel.tsx'
import { Notices } from './panels/notices/notices.tsx'
import { OutdatedHint } from './panels/outdated-hint.tsx'
import { PlaybackPanel } from './panels/playback-panel.tsx'
import { SessionPanel } from './panels/session/session-panel.tsx'
import { TopBar } from './panels/top-bar/top-bar.tsx'
import { placeFailure } from './panels/trace-form/check-form.ts'
import { WatchFoot } from './panels/watch/watch-foot.tsx'
import { WatchPanel } from './panels/watch/watch-panel.tsx'
import { Scene } from './scene/scene.tsx'
import { selectConsoleOpen } from './store/console-data.ts'
import { useApp, useAppStore } from './store/hooks.ts'
import { useCalm } from './use-calm.ts'
import { useKeyboard } from './use-keyboard.ts'

/** The whole window: bar, notices, form and tree at the left, the picture, playback and events below, inspector at the right. */
export function App(): ReactNode {
  const store = useAppStore()
  const [help, setHelp] = useState(false)
  const [helper, setHelper] = useState<HelperQuestion>('unasked')
  useKeyboard(store, () => setHelp(true))
  const mode = useApp((state) => state.mode)
  const held = useFileDrop(useCallback((file: File) => void store.getState().importFile(file), [store]))
  return (
    <div className={mode === 'watch' ? 'app watching' : 'app'}>
      <Bar onHelp={() => setHelp(true)} onHelper={() => setHelper('open')} />
      <NoticeArea onHelper={() => setHelper('open')} />
      <DoneNotes />
      <aside className="left" aria-label="Question and networks">
        <ModeTabs />
        <TransferNews />
        <div id="mode-panel" role="tabpanel" aria-labelledby={`tab-${mode}`}>
          {mode === 'trace' && <FormPanel />}
          {mode === 'watch' && <WatchPanel />}
          {mode === 'manage' && <ManagePanel />}
          {mode === 'labs' && <LabsPanel />}
          {mode === 'session' && <SessionPanel />}
        </div>
        {mode !== 'manage' && <InventoryPanel />}
      </aside>
      <main className="scene-area" aria-label="The host">
        <Scene />
        <OutdatedHint />
      </main>
      <aside className="right" aria-label="Inspector">
        <InspectorPanel />
      </aside>
      <footer className="foot">
        <Foot />
      </footer>
      {held && <p className="drop-hint">Drop the capture to replay it here</p>}
      <ManageDialogs />
      <HelpDialog open={help} onClose={() => setHelp(false)} />
      <HelperPanel question={helper} onClose={() => setHelper('closed')} />
    </div>
  )
}

/** A log or a terminal where one is open, in the modes in which the host is changed. */
function Foot(): ReactNode {
  const mode = useApp((state) => state.mode)
  const open = useApp(selectConsoleOpen)
  if (mode === 'watch') return <WatchFoot />
  return open ? <ConsoleFoot /> : <PlaybackPanel />
}

/** Each trace reads the host anew; that is told only where it takes its time. */
const CALM = 900

function isRereading(status: SourceStatus | null): boolean {
  return status?.phase === 'reading' && status.progress === null
}

interface BarProps {
  readonly onHelp: () => void
  readonly onHelper: () => void
}

function Bar({ onHelp, onHelper }: BarProps): ReactNode {
  const store = useAppStore()
  const status = useCalm(
    useApp((state) => state.status),
    isRereading,
    CALM,
  )
  const connected = useApp((state) => state.connected)
  const theme = useApp((state) => state.theme)
  const actions = store.getState()
  return (
    <TopBar
      status={status}
      connected={connected}
      news={<DoneNews />}
      theme={theme}
      onTheme={(next) => actions.setTheme(next)}
      onHelper={onHelper}
      onRefresh={() => void actions.refresh()}
      onHelp={onHelp}
    />
  )
}

function NoticeArea({ onHelper }: Pick<BarProps, 'onHelper'>): ReactNode {
  const store = useAppStore()
  const status = useApp((state) => state.status)
  const host = useApp((state) => state.host)
  const failure = useApp((state) => state.failure)
  const form = useApp((state) => state.form)
  // What belongs to a field of the form is said there.
  const general = failure !== null && placeFailure(failure, form).form !== undefined ? failure : null
  const dismiss = () => store.getState().dismissFailure()
  const retry = () => void store.getState().refresh()
  return <Notices status={status} host={host} failure={general} onDismiss={dismiss} onHelper={onHelper} onTry={retry} />
}
