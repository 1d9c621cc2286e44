import type { Interface } from '../../../../core/host/interface.ts'
import { aside, type CommandCall } from './shell-command.ts'
import type { ShellPlace } from './shell-world.ts'

const HELP = `Usage: ip [-4|-6] addr|route|neigh|link [show [dev DEVICE]]
`

/** Prints the devices, addresses, routes and neighbours of the container, as iproute2 does. Changing them is not simulated. */
export async function runIp({ args, place, print }: CommandCall): Promise<number> {
  const family = args.includes('-6') ? 6 : args.includes('-4') ? 4 : null
  const [object = 'help', verb = 'show', ...more] = args.filter((word) => !word.startsWith('-'))
  const shows = ['show', 'list', 'ls', 'sh', 's', 'l', 'dev'].includes(verb)
  const device = (verb === 'dev' ? more[0] : more.at(-1)) ?? null
  const kind = OBJECTS.find((each) => object !== '' && each.startsWith(object)) ?? null
  if (kind === null || kind === 'help') {
    print(HELP)
    return kind === null ? 1 : 0
  }
  if (!shows) {
    print(`ip: "ip ${kind} ${verb}" is not simulated in the sandbox: change the scene instead\n`)
    return 1
  }
  if (device !== null && !place.netns.interfaces.some(({ name }) => name === device)) {
    print(`Device "${device}" does not exist.\n`)
    return 1
  }
  print(show(kind, place, family, device))
  return 0
}

const OBJECTS = ['address', 'route', 'neighbor', 'neighbour', 'link', 'help'] as const

function show(
  kind: Exclude<(typeof OBJECTS)[number], 'help'>,
  place: ShellPlace,
  family: 4 | 6 | null,
  device: string | null,
): string {
  const { interfaces, routes, neighbors } = place.netns
  const shown = interfaces.filter(({ name }) => device === null || name === device)
  switch (kind) {
    case 'address':
      return shown.map((each) => describeDevice(each, place, family, true)).join('')
    case 'link':
      return shown.map((each) => describeDevice(each, place, null, false)).join('')
    case 'route': {
      const main = routes.filter((route) => route.table === 'main' && route.family === (family ?? 4))
      const through = main.filter(({ nextHops }) => device === null || nextHops.some((hop) => hop.device === device))
      return through.map(({ text }) => `${text}\n`).join('')
    }
    case 'neighbor':
    case 'neighbour': {
      const own = neighbors.filter((each) => device === null || each.device === device)
      const lines = own.map(
        ({ address, device: at, mac, state }) =>
          `${address} dev ${at}${mac === null ? '' : ` lladdr ${mac}`} ${state.toUpperCase()}\n`,
      )
      return lines.length > 0 ? lines.join('') : aside('nobody has been asked: the sandbox keeps no neighbours')
    }
    default:
      return kind satisfies never
  }
}

function describeDevice(device: Interface, place: ShellPlace, family: 4 | 6 | null, addresses: boolean): string {
  const { index, kind, mac, mtu, operState } = device
  const type = kind === 'loopback' ? 'loopback' : 'ether'
  const brd = kind === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'
  const head = `${index}: ${nameOf(device, place)}: <${flagsOf(device).join(',')}> mtu ${mtu} state ${operState}\n`
  const link = family === null && mac !== null ? `    link/${type} ${mac} brd ${brd}\n` : ''
  const own = device.addresses.filter((each) => addresses && (family === null || each.family === family))
  const lines = own.map(({ family: version, address, prefixLength, broadcast, scope }) => {
    const label = version === 4 ? ` ${device.name}` : ''
    const to = broadcast === undefined ? '' : ` brd ${broadcast}`
    return `    ${version === 4 ? 'inet' : 'inet6'} ${address}/${prefixLength}${to} scope ${scope}${label}\n`
  })
  return family !== null && lines.length === 0 ? '' : head + link + lines.join('')
}

function nameOf({ name, peer, parentIndex, parent }: Interface, { state }: ShellPlace): string {
  const other = peer ?? parent ?? null
  const namespace = state.namespaces.find(({ id }) => id === other?.namespace)
  const index = parentIndex ?? namespace?.interfaces.find((each) => each.name === other?.device)?.index
  return index === undefined ? name : `${name}@if${index}`
}

function flagsOf({ kind, up, carrier }: Interface): readonly string[] {
  const type = kind === 'loopback' ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST']
  return [
    ...(up && !carrier ? ['NO-CARRIER'] : []),
    ...type,
    ...(up ? ['UP'] : []),
    ...(up && carrier ? ['LOWER_UP'] : []),
  ]
}
