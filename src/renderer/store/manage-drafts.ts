/** One row of a network's address blocks, IPv4 or IPv6, as it is typed. */
export interface SubnetDraft {
  readonly subnet: string
  readonly gateway: string
  readonly ipRange: string
  /** `NAME=ADDRESS`, separated by commas or spaces. */
  readonly aux: string
}

/** A choice that Docker also has a default for: `''` leaves it to Docker. */
export type Choice = '' | 'true' | 'false'

/** `docker network create` as it is typed. Lists are one a line. */
export interface NetworkDraft {
  readonly kind: 'create-network'
  readonly name: string
  readonly driver: 'bridge' | 'macvlan' | 'ipvlan'
  readonly subnets: readonly SubnetDraft[]
  readonly ipv4: boolean
  readonly ipv6: boolean
  readonly internal: boolean
  readonly attachable: boolean
  readonly icc: Choice
  readonly masquerade: Choice
  readonly mtu: string
  readonly bridge: string
  /** The NIC below a macvlan or ipvlan. */
  readonly parent: string
  readonly labels: string
  /** `KEY=VALUE`. */
  readonly options: string
}

/** What an endpoint is given, as it is typed. */
export interface EndpointDraft {
  readonly network: string
  /** Separated by commas or spaces. */
  readonly aliases: string
  readonly ipv4: string
  readonly ipv6: string
  readonly mac: string
  /** `CONTAINER:ALIAS`, separated by commas or spaces. */
  readonly links: string
  readonly priority: string
}

/** `docker network connect`. */
export interface ConnectDraft extends EndpointDraft {
  readonly kind: 'connect'
  readonly container: string
}

/** `docker run -d`. `network` is the name of one, or `host`, `none`, `container:NAME`. */
export interface RunDraft extends EndpointDraft {
  readonly kind: 'run-container'
  readonly image: string
  readonly name: string
  readonly hostname: string
  readonly ports: string
  readonly command: string
  readonly env: string
  readonly dns: string
  readonly dnsSearch: string
  readonly extraHosts: string
  readonly labels: string
  /** Only the sandbox needs to be told. */
  readonly listens: string
}

export interface RenameDraft {
  readonly kind: 'rename-container'
  readonly name: string
  readonly to: string
}

/** `docker load`. The file stays in the browser until it is imported. */
export interface ImportDraft {
  readonly kind: 'import-image'
  readonly file: File | null
}

/** What a dialog holds while it is filled in. */
export type Draft = NetworkDraft | ConnectDraft | RunDraft | RenameDraft | ImportDraft
export type DraftKind = Draft['kind']

export const EMPTY_SUBNET: SubnetDraft = { subnet: '', gateway: '', ipRange: '', aux: '' }

const EMPTY_ENDPOINT: EndpointDraft = {
  network: '',
  aliases: '',
  ipv4: '',
  ipv6: '',
  mac: '',
  links: '',
  priority: '',
}

const EMPTY: { readonly [K in DraftKind]: Extract<Draft, { readonly kind: K }> } = {
  'create-network': {
    kind: 'create-network',
    name: '',
    driver: 'bridge',
    subnets: [EMPTY_SUBNET],
    ipv4: true,
    ipv6: false,
    internal: false,
    attachable: false,
    icc: '',
    masquerade: '',
    mtu: '',
    bridge: '',
    parent: '',
    labels: '',
    options: '',
  },
  connect: { kind: 'connect', container: '', ...EMPTY_ENDPOINT },
  'run-container': {
    kind: 'run-container',
    image: '',
    name: '',
    hostname: '',
    ...EMPTY_ENDPOINT,
    network: 'bridge',
    ports: '',
    command: '',
    env: '',
    dns: '',
    dnsSearch: '',
    extraHosts: '',
    labels: '',
    listens: '',
  },
  'rename-container': { kind: 'rename-container', name: '', to: '' },
  'import-image': { kind: 'import-image', file: null },
}

/** Returns a dialog's fields as they are before anything was typed. */
export function emptyDraft<K extends DraftKind>(kind: K): Extract<Draft, { readonly kind: K }> {
  return EMPTY[kind]
}
