import type { Socket } from '../../../../core/host/socket.ts'
import type { CommandCall } from './shell-command.ts'

/** Prints /etc/hosts, /etc/resolv.conf and /etc/hostname. */
export async function runCat({ args, place, print }: CommandCall): Promise<number> {
  let status = 0
  for (const path of args.length === 0 ? ['-'] : args) {
    const text = readEtc(path, place.container)
    if (text === undefined) print(`cat: ${path}: not simulated in the sandbox (there are ${FILES.join(', ')})\n`)
    else if (text === null) print(`cat: ${path}: the scene does not say what is in it\n`)
    else print(text.endsWith('\n') ? text : `${text}\n`)
    if (typeof text !== 'string') status = 1
  }
  return status
}

const FILES = ['/etc/hosts', '/etc/resolv.conf', '/etc/hostname']

function readEtc(path: string, container: CommandCall['place']['container']): string | null | undefined {
  if (path === '/etc/hosts') return container.hosts
  if (path === '/etc/resolv.conf') return container.resolvConf
  return path === '/etc/hostname' ? container.hostname : undefined
}

/** Prints the container's host name; with `-i` its addresses. */
export async function runHostname({ args, place, print }: CommandCall): Promise<number> {
  const [option] = args
  if (option === undefined) print(`${place.container.hostname}\n`)
  else if (option === '-i' || option === '-I') {
    const global = place.netns.interfaces.flatMap((device) =>
      device.addresses.filter(({ scope }) => scope === 'global'),
    )
    print(`${global.map(({ address }) => address).join(' ')}\n`)
  } else {
    print(`hostname: ${option} is not simulated in the sandbox\n`)
    return 1
  }
  return 0
}

/** Prints what listens in the container, as far as the scene says. */
export async function runSs({ args, place, print }: CommandCall): Promise<number> {
  const letters = args.filter((word) => word.startsWith('-')).join('')
  const { sockets } = place.netns
  if (sockets === null) {
    print('ss: the scene does not say what listens here\n')
    return 1
  }
  const all = !letters.includes('t') && !letters.includes('u')
  const shown = sockets.filter(
    ({ protocol }) =>
      all || (protocol === 'tcp' && letters.includes('t')) || (protocol === 'udp' && letters.includes('u')),
  )
  print(`${row('Netid', 'State', 'Local Address:Port', 'Peer Address:Port')}\n`)
  for (const socket of shown) {
    const state = socket.protocol === 'udp' ? 'UNCONN' : 'LISTEN'
    print(`${row(socket.protocol, state, addressOf(socket), socket.family === 6 ? '[::]:*' : '0.0.0.0:*')}\n`)
  }
  return 0
}

function row(...cells: readonly string[]): string {
  const widths = [6, 7, 26, 0]
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('')
    .trimEnd()
}

function addressOf({ family, address, port }: Socket): string {
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`
}
