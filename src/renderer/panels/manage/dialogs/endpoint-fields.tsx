import type { ReactNode } from 'react'
import type { EndpointDraft } from '../../../store/manage-drafts.ts'
import { TextField } from './dialog-fields.tsx'

export interface EndpointFieldsProps {
  readonly draft: EndpointDraft
  /** Path of the endpoint below the action. */
  readonly at: string
  /** Which address a container of the network gets, as an example. */
  readonly example: string
  readonly onChange: (part: Partial<EndpointDraft>) => void
}

/** What an endpoint can be given beside its network: names, fixed addresses, and whether it has the default route. */
export function EndpointFields({ draft, at, example, onChange }: EndpointFieldsProps): ReactNode {
  return (
    <>
      <TextField
        label="Aliases"
        at={`${at}.aliases`}
        placeholder="db postgres"
        hint="Other names that containers of the same network can use."
        value={draft.aliases}
        onChange={(aliases) => onChange({ aliases })}
      />
      <div className="dialog-pair">
        <TextField
          label="IPv4 address"
          at={`${at}.ipv4`}
          placeholder={example === '' ? 'next free one' : example}
          mono
          value={draft.ipv4}
          onChange={(ipv4) => onChange({ ipv4 })}
        />
        <TextField
          label="IPv6 address"
          at={`${at}.ipv6`}
          placeholder="next free one"
          mono
          value={draft.ipv6}
          onChange={(ipv6) => onChange({ ipv6 })}
        />
      </div>
    </>
  )
}

/** What is rarely given: a name for one other container, and a MAC address. */
export function RareEndpointFields({ draft, at, onChange }: Omit<EndpointFieldsProps, 'example'>): ReactNode {
  return (
    <div className="dialog-pair">
      <TextField
        label="Links, CONTAINER:ALIAS"
        at={`${at}.links`}
        placeholder="db:postgres"
        mono
        value={draft.links}
        onChange={(links) => onChange({ links })}
      />
      <TextField
        label="MAC address"
        at={`${at}.mac`}
        placeholder="chosen by Docker"
        mono
        value={draft.mac}
        onChange={(mac) => onChange({ mac })}
      />
    </div>
  )
}

export interface PriorityFieldProps extends Pick<EndpointFieldsProps, 'draft' | 'at' | 'onChange'> {
  readonly generation: number
}

/** Which of a container's networks has its default route. */
export function PriorityField({ draft, at, generation, onChange }: PriorityFieldProps): ReactNode {
  return (
    <TextField
      label="Gateway priority"
      at={`${at}.priority`}
      placeholder="0"
      mono
      hint={
        generation >= 28 || generation === 0 ? 'The highest one has the default route.' : 'Needs Docker 28 or later.'
      }
      value={draft.priority}
      onChange={(priority) => onChange({ priority })}
    />
  )
}
