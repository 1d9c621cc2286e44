import type { ReactNode } from 'react'
import type { HostState } from '../../../core/host/host-state.ts'
import type { Place } from '../../playback/place.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'

/** Opens a terminal in the container that is selected, and its log where there is one; nothing where the host cannot be changed. */
export function ConsoleButtons({ place, host }: { readonly place: Place; readonly host: HostState }): ReactNode {
  const store = useAppStore()
  const info = useApp((state) => state.manage.info) ?? null
  const netns = place.kind === 'device' || place.kind === 'stack' ? place.netns : ''
  const container = host.containers.find(({ name, state }) => `container:${name}` === netns && state === 'running')
  if (info === null || container === undefined) return null
  const noLogs = info.lacks.find((text) => /\blogs?\b/i.test(text))
  return (
    <>
      <button type="button" className="quiet small" onClick={() => store.getState().showTerminal(container.name)}>
        Terminal
      </button>
      {noLogs === undefined && (
        <button type="button" className="quiet small" onClick={() => store.getState().showLogs(container.name)}>
          Logs
        </button>
      )}
    </>
  )
}
