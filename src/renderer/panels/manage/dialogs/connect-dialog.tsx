import type { ReactNode } from 'react'
import type { HostState } from '../../../../core/host/host-state.ts'
import type { ConnectDraft } from '../../../store/manage-drafts.ts'
import { ChoiceField } from './dialog-fields.tsx'
import { EndpointFields, PriorityField, RareEndpointFields } from './endpoint-fields.tsx'

export interface ConnectFieldsProps {
  readonly draft: ConnectDraft
  readonly host: HostState | null
  readonly generation: number
  readonly onChange: (draft: ConnectDraft) => void
}

export const CONNECT_PATHS: readonly string[] = [
  'container',
  ...['network', 'aliases', 'ipv4', 'ipv6', 'mac', 'links', 'priority'].map((name) => `endpoint.${name}`),
]

/** What `docker network connect` can be told. */
export function ConnectFields({ draft, host, generation, onChange }: ConnectFieldsProps): ReactNode {
  const set = (part: Partial<ConnectDraft>) => onChange({ ...draft, ...part })
  const containers = (host?.containers ?? []).map(({ name }) => ({ value: name, label: name }))
  const networks = (host?.networks ?? [])
    .filter(({ driver }) => driver !== 'host' && driver !== 'null')
    .map(({ name, subnets }) => ({ value: name, label: [name, subnets[0]?.prefix].filter(Boolean).join('  ') }))
  return (
    <>
      <div className="dialog-pair">
        <ChoiceField
          label="Container"
          at="container"
          value={draft.container}
          options={[CHOOSE, ...containers]}
          onChange={(container) => set({ container })}
        />
        <ChoiceField
          label="Network"
          at="endpoint.network"
          value={draft.network}
          options={[CHOOSE, ...networks]}
          onChange={(network) => set({ network })}
        />
      </div>
      <EndpointFields draft={draft} at="endpoint" example="" onChange={set} />
      <RareEndpointFields draft={draft} at="endpoint" onChange={set} />
      <PriorityField draft={draft} at="endpoint" generation={generation} onChange={set} />
    </>
  )
}

const CHOOSE = { value: '', label: 'Choose…' }
