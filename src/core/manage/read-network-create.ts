import type { SceneSubnet } from '../synth/scene/scene.ts'
import type { ManageAction } from './action.ts'
import { type KnownOptions, readOptions } from './read-options.ts'

const CREATE: KnownOptions = {
  valued: {
    '-d': 'driver',
    '--driver': 'driver',
    '--subnet': 'subnet',
    '--gateway': 'gateway',
    '--ip-range': 'ipRange',
    '-o': 'option',
    '--opt': 'option',
    '--label': 'label',
  },
  flags: { '--internal': 'internal', '--attachable': 'attachable', '--ipv6': 'ipv6' },
}

const DRIVERS = ['bridge', 'macvlan', 'ipvlan'] as const

/** Reads what stands behind `docker network create`; null where it is not understood whole. One subnet at most. */
export function readNetworkCreate(words: readonly string[]): ManageAction | null {
  const read = readOptions(words, CREATE, false)
  if (typeof read === 'string' || read.words.length !== 1) return null
  const { values, flags } = read
  const driver = DRIVERS.find((each) => each === (values['driver']?.[0] ?? 'bridge'))
  const [subnet, gateway, ipRange] = ['subnet', 'gateway', 'ipRange'].map((key) => values[key])
  if (driver === undefined || (subnet?.length ?? 0) > 1) return null
  const only = subnet?.[0]
  const given: SceneSubnet | null =
    only === undefined
      ? null
      : {
          subnet: only,
          ...(gateway?.[0] === undefined ? {} : { gateway: gateway[0] }),
          ...(ipRange?.[0] === undefined ? {} : { ipRange: ipRange[0] }),
        }
  const network = {
    name: read.words[0] as string,
    ...(values['driver'] === undefined ? {} : { driver }),
    ...(given === null ? {} : { subnets: [given] }),
    ...(flags.has('internal') ? { internal: true } : {}),
    ...(flags.has('attachable') ? { attachable: true } : {}),
    ...(flags.has('ipv6') ? { ipv6: true } : {}),
    ...pairs('options', values['option']),
    ...pairs('labels', values['label']),
  }
  return { kind: 'create-network', network }
}

/** `KEY=VALUE`, several, as one mapping. */
export function pairs<K extends string>(
  key: K,
  texts: readonly string[] | undefined,
): { readonly [P in K]?: Readonly<Record<string, string>> } {
  if (texts === undefined) return {}
  const split = texts.map((text) => {
    const [name = '', ...value] = text.split('=')
    return [name, value.join('=')]
  })
  return { [key]: Object.fromEntries(split) } as { readonly [P in K]: Readonly<Record<string, string>> }
}
