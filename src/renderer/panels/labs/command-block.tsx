import type { ReactNode } from 'react'
import { readCommand } from '../../../core/manage/read-command.ts'
import { useApp } from '../../store/hooks.ts'
import { CopyButton } from '../manage/dialogs/copy-button.tsx'
import type { RunCommand } from './markdown.tsx'

interface BlockProps {
  readonly text: string
  /** What stands behind the fence: `sh`, `yaml file=shop.yml`. */
  readonly info: string
  readonly onRun?: RunCommand
}

/** A fenced block: commands one by one, each to copy and most to run; anything else as it is. */
export function CommandBlock({ text, info, onRun }: BlockProps): ReactNode {
  if (info !== 'sh') {
    return (
      <div className="lab-code">
        <pre className="mono">{text}</pre>
        <CopyButton text={text} label="Copy the text" />
      </div>
    )
  }
  const commands = text.split(/(?<!\\)\n/).filter((line) => line.trim() !== '')
  return (
    <ul className="lab-commands">
      {commands.map((command) => (
        <Command key={command} command={command} {...(onRun === undefined ? {} : { onRun })} />
      ))}
    </ul>
  )
}

function Command({ command, onRun }: { readonly command: string; readonly onRun?: RunCommand }): ReactNode {
  const busy = useApp(({ labs }) => labs.busy)
  const ground = useApp(({ labs }) => labs.run?.ground ?? 'sandbox')
  const { kind } = readCommand(command)
  const runs = kind === 'action' || kind === 'flow' || (kind === 'host' && ground === 'sandbox')
  // An address that is not there yet stands as words.
  const ready = !/\b(ADDRESS|GATEWAY|SUBNET|DEVICE)-OF-/.test(command)
  return (
    <li>
      <code className="mono">{command}</code>
      <span className="lab-command-actions">
        {onRun !== undefined && runs && (
          <button
            type="button"
            className="link"
            aria-label={`${kind === 'flow' ? 'Trace' : 'Run'} ${command}`}
            title={kind === 'flow' ? 'Trace the packet that this sends' : 'Do this here'}
            disabled={busy !== null || !ready}
            onClick={() => onRun(command)}
          >
            {busy === command ? 'Running…' : kind === 'flow' ? 'Trace' : 'Run'}
          </button>
        )}
        <CopyButton text={command} label={`Copy ${command}`} />
      </span>
    </li>
  )
}
