import { type ChangeEvent, type ReactNode, useRef } from 'react'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { MenuButton, type MenuItem } from './menu-button.tsx'

/** Undo, redo, and the sandbox. */
export function ManageBar(): ReactNode {
  const store = useAppStore()
  const undo = useApp(({ manage }) => manage.info?.undo ?? null)
  const redo = useApp(({ manage }) => manage.info?.redo ?? null)
  const busy = useApp(({ manage }) => manage.doing !== null)
  const actions = store.getState()
  return (
    <div className="manage-bar" role="toolbar" aria-label="Changes">
      <StepButton
        label="Undo"
        mark="↶"
        keys="Ctrl+Z"
        step={undo}
        busy={busy}
        onPress={() => void actions.undoAction()}
      />
      <StepButton
        label="Redo"
        mark="↷"
        keys="Ctrl+Shift+Z"
        step={redo}
        busy={busy}
        onPress={() => void actions.redoAction()}
      />
      <SandboxMenu />
    </div>
  )
}

interface StepButtonProps {
  readonly label: string
  readonly mark: string
  readonly keys: string
  /** What it would do; null where there is nothing to do. */
  readonly step: string | null
  readonly busy: boolean
  readonly onPress: () => void
}

function StepButton({ label, mark, keys, step, busy, onPress }: StepButtonProps): ReactNode {
  const idle = step === null || busy
  return (
    <button
      type="button"
      className="quiet small"
      aria-disabled={idle}
      title={step === null ? `Nothing to ${label.toLowerCase()}` : `${label}: ${step} (${keys})`}
      onClick={() => !idle && onPress()}
    >
      <span aria-hidden="true">{mark}</span> {label}
    </button>
  )
}

function SandboxMenu(): ReactNode {
  const store = useAppStore()
  const scenes = useApp(({ manage }) => manage.scenes)
  const sandbox = useApp(({ manage }) => manage.info?.kind === 'sandbox')
  const input = useRef<HTMLInputElement>(null)
  const actions = store.getState()
  const here = sandbox ? null : 'Only a sandbox has a scene.'
  const items: readonly MenuItem[] = [
    {
      id: 'file',
      label: 'Open a file…',
      detail: 'A scene, or a compose file as docker compose up would make it',
      impossible: null,
      run: () => input.current?.click(),
    },
    { id: 'save', label: 'Save the scene', impossible: here, run: () => void actions.saveScene() },
    {
      id: 'leave',
      label: 'Leave the sandbox',
      impossible: sandbox ? null : 'This is no sandbox.',
      run: () => void actions.leaveSandbox(),
    },
    ...scenes.map(
      ({ name, title, description }): MenuItem => ({
        id: `scene ${name}`,
        label: title,
        detail: description,
        impossible: null,
        run: () => void actions.openSandbox(name),
      }),
    ),
  ]
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (file !== undefined) void actions.openSceneFile(file)
  }
  return (
    <>
      <MenuButton label="Sandbox" items={items} className="quiet small sandbox-button">
        Sandbox ▾
      </MenuButton>
      <input
        ref={input}
        type="file"
        accept=".json,.yaml,.yml"
        aria-label="Scene or compose file"
        hidden
        onChange={take}
      />
    </>
  )
}
