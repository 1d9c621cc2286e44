import type { ReactNode } from 'react'
import type { HostState } from '../../../../core/host/host-state.ts'
import type { ImageInfo } from '../../../../core/manage/inventory.ts'
import { isMode } from '../../../store/manage-build-action.ts'
import type { RunDraft } from '../../../store/manage-drafts.ts'
import { ChoiceField, LinesField, type Option, TextField } from './dialog-fields.tsx'
import { EndpointFields, PriorityField, RareEndpointFields } from './endpoint-fields.tsx'

export interface RunFieldsProps {
  readonly draft: RunDraft
  readonly host: HostState | null
  readonly images: readonly ImageInfo[]
  readonly sandbox: boolean
  readonly generation: number
  readonly onChange: (draft: RunDraft) => void
}

const ENDPOINT = 'container.networks[0]'

export const RUN_PATHS: readonly string[] = [
  ...[
    'image',
    'name',
    'hostname',
    'networkMode',
    'ports',
    'command',
    'env',
    'dns',
    'dnsSearch',
    'extraHosts',
    'labels',
    'listens',
  ].map((name) => `container.${name}`),
  ...['network', 'aliases', 'ipv4', 'ipv6', 'mac', 'links', 'priority'].map((name) => `${ENDPOINT}.${name}`),
]

/** What `docker run -d` can be told. */
export function RunFields(props: RunFieldsProps): ReactNode {
  const { draft, host, images, generation } = props
  const set = (part: Partial<RunDraft>) => props.onChange({ ...draft, ...part })
  const image = images.find(({ tags }) => tags.includes(draft.image))
  return (
    <>
      <div className="dialog-pair">
        <TextField
          label="Image"
          at="container.image"
          placeholder="alpine"
          suggestions={images.flatMap(({ tags }) => tags)}
          hint={images.length === 0 ? 'No local image is known.' : 'A local image: nothing is pulled.'}
          value={draft.image}
          onChange={(value) => set({ image: value })}
        />
        <TextField
          label="Name"
          at="container.name"
          placeholder="web"
          value={draft.name}
          onChange={(name) => set({ name })}
        />
      </div>
      <ChoiceField
        label="Network"
        at={isMode(draft.network) ? 'container.networkMode' : `${ENDPOINT}.network`}
        value={draft.network}
        options={listNetworkChoices(host)}
        onChange={(network) => set({ network })}
      />
      {!isMode(draft.network) && draft.network !== 'bridge' && (
        <EndpointFields draft={draft} at={ENDPOINT} example={exampleOf(host, draft.network)} onChange={set} />
      )}
      <PortsField ports={draft.ports} exposes={image?.exposes ?? []} onChange={(ports) => set({ ports })} />
      {props.sandbox && (
        <TextField
          label="What listens inside"
          at="container.listens"
          placeholder="80/tcp"
          mono
          hint="The sandbox runs no program, so say on which ports it would listen."
          value={draft.listens}
          onChange={(listens) => set({ listens })}
        />
      )}
      <TextField
        label="Command"
        at="container.command"
        placeholder="as the image says"
        mono
        value={draft.command}
        onChange={(command) => set({ command })}
      />
      <MoreRunFields draft={draft} generation={generation} set={set} />
    </>
  )
}

interface PortsFieldProps {
  readonly ports: string
  readonly exposes: readonly string[]
  readonly onChange: (ports: string) => void
}

function PortsField({ ports, exposes, onChange }: PortsFieldProps): ReactNode {
  const hint = `The image exposes ${exposes.join(', ')}; only what is published here is open to the outside.`
  return (
    <TextField
      label="Published ports"
      at="container.ports"
      placeholder="8080:80 127.0.0.1:5353:53/udp"
      mono
      {...(exposes.length === 0 ? {} : { hint })}
      value={ports}
      onChange={onChange}
    />
  )
}

interface MoreRunFieldsProps {
  readonly draft: RunDraft
  readonly generation: number
  readonly set: (part: Partial<RunDraft>) => void
}

function MoreRunFields({ draft, generation, set }: MoreRunFieldsProps): ReactNode {
  const { env, dns, dnsSearch, extraHosts, labels, hostname, mac, links, priority } = draft
  const used = [env, dns, dnsSearch, extraHosts, labels, hostname, mac, links, priority].some((text) => text !== '')
  return (
    <details className="dialog-more" open={used || undefined}>
      <summary>Environment, DNS, hosts, links, MAC address and labels</summary>
      <LinesField
        label="Environment, NAME=VALUE, one a line"
        at="container.env"
        value={env}
        onChange={(value) => set({ env: value })}
      />
      <div className="dialog-pair">
        <TextField
          label="DNS servers"
          at="container.dns"
          placeholder="as the host"
          mono
          value={dns}
          onChange={(value) => set({ dns: value })}
        />
        <TextField
          label="DNS search domains"
          at="container.dnsSearch"
          placeholder="as the host"
          mono
          value={dnsSearch}
          onChange={(value) => set({ dnsSearch: value })}
        />
      </div>
      <TextField
        label="Extra hosts, NAME:ADDRESS"
        at="container.extraHosts"
        placeholder="api:10.0.0.7"
        mono
        value={extraHosts}
        onChange={(value) => set({ extraHosts: value })}
      />
      {!isMode(draft.network) && <RareEndpointFields draft={draft} at={ENDPOINT} onChange={set} />}
      <div className="dialog-pair">
        <TextField
          label="Host name"
          at="container.hostname"
          placeholder="its short id"
          value={hostname}
          onChange={(value) => set({ hostname: value })}
        />
        {!isMode(draft.network) && draft.network !== 'bridge' && (
          <PriorityField draft={draft} at={ENDPOINT} generation={generation} onChange={set} />
        )}
      </div>
      <LinesField
        label="Labels, KEY=VALUE, one a line"
        at="container.labels"
        value={labels}
        onChange={(value) => set({ labels: value })}
      />
    </details>
  )
}

function listNetworkChoices(host: HostState | null): readonly Option<string>[] {
  const networks = (host?.networks ?? []).filter(({ driver }) => driver !== 'host' && driver !== 'null')
  const running = (host?.containers ?? []).filter(({ state }) => state === 'running')
  return [
    ...networks.map(({ name, subnets }) => ({
      value: name,
      label: [name, subnets[0]?.prefix].filter(Boolean).join('  '),
    })),
    { value: 'host', label: 'host: the host’s own network' },
    { value: 'none', label: 'none: nothing but loopback' },
    ...running.map(({ name }) => ({ value: `container:${name}`, label: `the network of ${name}` })),
  ]
}

function exampleOf(host: HostState | null, network: string): string {
  const prefix = host?.networks.find(({ name }) => name === network)?.subnets.find(({ family }) => family === 4)?.prefix
  return prefix === undefined ? '' : `in ${prefix}`
}
