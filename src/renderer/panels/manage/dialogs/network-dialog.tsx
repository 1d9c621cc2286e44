import type { ReactNode } from 'react'
import { OPTION_KEYS } from '../../../store/manage-build-action.ts'
import type { Choice, NetworkDraft } from '../../../store/manage-drafts.ts'
import { CheckField, ChoiceField, LinesField, TextField } from './dialog-fields.tsx'
import { SubnetRows, subnetPaths } from './subnet-rows.tsx'

export interface NetworkFieldsProps {
  readonly draft: NetworkDraft
  /** 0 where it is not known. */
  readonly generation: number
  readonly onChange: (draft: NetworkDraft) => void
}

/** Returns the paths of the fields, as they are on show. */
export function networkPaths({ subnets }: NetworkDraft): readonly string[] {
  const options = Object.values(OPTION_KEYS).map(optionPath)
  const others = ['name', 'driver', 'ipv4', 'ipv6', 'internal', 'attachable', 'labels', 'options'].map(
    (name) => `network.${name}`,
  )
  return [...subnetPaths(subnets), ...options, ...others]
}

function optionPath(key: string): string {
  return `network.options[${JSON.stringify(key)}]`
}

const DRIVERS = [
  { value: 'bridge', label: 'bridge: a switch of its own on this host' },
  { value: 'macvlan', label: 'macvlan: addresses on the LAN of a NIC' },
  { value: 'ipvlan', label: 'ipvlan: as macvlan, with the NIC’s own MAC' },
] as const

/** What `docker network create` can be told. */
export function NetworkFields({ draft, generation, onChange }: NetworkFieldsProps): ReactNode {
  const set = (part: Partial<NetworkDraft>) => onChange({ ...draft, ...part })
  return (
    <>
      <TextField
        label="Name"
        at="network.name"
        placeholder="my-net"
        value={draft.name}
        onChange={(name) => set({ name })}
      />
      <ChoiceField
        label="Driver"
        at="network.driver"
        value={draft.driver}
        options={DRIVERS}
        onChange={(driver) => set({ driver })}
      />
      {draft.driver !== 'bridge' && (
        <TextField
          label="Parent NIC"
          at={optionPath(OPTION_KEYS.parent)}
          placeholder="eth0"
          mono
          value={draft.parent}
          onChange={(parent) => set({ parent })}
        />
      )}
      <SubnetRows rows={draft.subnets} onChange={(subnets) => set({ subnets })} />
      <div className="dialog-checks">
        <CheckField
          label="IPv4"
          at="network.ipv4"
          checked={draft.ipv4}
          // What another engine was told can be taken back on one that does not know it.
          {...(generation > 0 && generation < 28 && draft.ipv4 ? { impossible: 'Always on before Docker 28.' } : {})}
          onChange={(ipv4) => set({ ipv4 })}
        />
        <CheckField label="IPv6" at="network.ipv6" checked={draft.ipv6} onChange={(ipv6) => set({ ipv6 })} />
        <CheckField
          label="Internal: no way out"
          at="network.internal"
          checked={draft.internal}
          onChange={(internal) => set({ internal })}
        />
        <CheckField
          label="Attachable"
          at="network.attachable"
          checked={draft.attachable}
          onChange={(attachable) => set({ attachable })}
        />
      </div>
      <MoreFields draft={draft} generation={generation} onChange={onChange} />
    </>
  )
}

const USUAL: readonly { readonly value: Choice; readonly label: string }[] = [
  { value: '', label: 'as Docker does' },
  { value: 'true', label: 'on' },
  { value: 'false', label: 'off' },
]

interface BridgeChoicesProps {
  readonly draft: NetworkDraft
  readonly set: (part: Partial<NetworkDraft>) => void
}

function BridgeChoices({ draft: { icc, masquerade }, set }: BridgeChoicesProps): ReactNode {
  return (
    <div className="dialog-pair">
      <ChoiceField
        label="Containers reach each other (icc)"
        at={optionPath(OPTION_KEYS.icc)}
        value={icc}
        options={USUAL}
        onChange={(value) => set({ icc: value })}
      />
      <ChoiceField
        label="Masquerade"
        at={optionPath(OPTION_KEYS.masquerade)}
        value={masquerade}
        options={USUAL}
        onChange={(value) => set({ masquerade: value })}
      />
    </div>
  )
}

/** Open where something in it is filled in. */
function MoreFields({ draft, generation, onChange }: NetworkFieldsProps): ReactNode {
  const set = (part: Partial<NetworkDraft>) => onChange({ ...draft, ...part })
  const { icc, masquerade, mtu, bridge, labels, options } = draft
  const used = [icc, masquerade, mtu, bridge, labels, options].some((text) => text !== '')
  return (
    <details className="dialog-more" open={used || undefined}>
      <summary>Options and labels</summary>
      {draft.driver === 'bridge' && <BridgeChoices draft={draft} set={set} />}
      <div className="dialog-pair">
        <TextField
          label="MTU"
          at={optionPath(OPTION_KEYS.mtu)}
          placeholder="1500"
          mono
          value={mtu}
          onChange={(value) => set({ mtu: value })}
        />
        {draft.driver === 'bridge' && (
          <TextField
            label="Bridge name"
            at={optionPath(OPTION_KEYS.bridge)}
            placeholder="br-…"
            mono
            value={bridge}
            onChange={(value) => set({ bridge: value })}
          />
        )}
      </div>
      <LinesField
        label="Labels, KEY=VALUE, one a line"
        at="network.labels"
        value={labels}
        onChange={(value) => set({ labels: value })}
      />
      <LinesField
        label="Any other option, KEY=VALUE, one a line"
        at="network.options"
        placeholder={generation >= 28 ? 'com.docker.network.bridge.gateway_mode_ipv4=routed' : 'KEY=VALUE'}
        value={options}
        onChange={(value) => set({ options: value })}
      />
    </details>
  )
}
