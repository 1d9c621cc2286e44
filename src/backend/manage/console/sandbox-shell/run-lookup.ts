import { aside, type CommandCall } from './shell-command.ts'

/** Prints what busybox's nslookup prints. It asks the name server, whatever /etc/hosts says. */
export async function runNslookup({ args, world, place, print }: CommandCall): Promise<number> {
  const [name, server] = args.filter((word) => !word.startsWith('-'))
  if (name === undefined || server !== undefined) {
    print(
      server === undefined ? 'Usage: nslookup HOST\n' : 'nslookup: another server is not simulated in the sandbox\n',
    )
    return 1
  }
  const found = await world.ask(place, name)
  if (found.status === 'TIMEOUT') {
    print(';; connection timed out; no servers could be reached\n')
    if (found.why !== null) print(aside(found.why))
    return 1
  }
  if (found.server !== null) print(`Server:\t\t${found.server}\nAddress:\t${found.server}:53\n\n`)
  if (found.addresses.length === 0) {
    const said = found.status === 'NOERROR' ? "Can't find" : "server can't find"
    print(`** ${said} ${name}: ${found.status === 'NOERROR' ? 'No answer' : found.status}\n\n`)
    if (found.why !== null) print(aside(found.why))
    return 1
  }
  for (const address of found.addresses) print(`Name:\t${name}\nAddress: ${address}\n`)
  print('\n')
  return 0
}

/** Prints what `getent hosts NAME` prints: /etc/hosts first, then the name server. */
export async function runGetent({ args, world, place, print }: CommandCall): Promise<number> {
  const [database, ...names] = args
  if ((database !== 'hosts' && database !== 'ahosts') || names.length === 0) {
    print('getent: only "getent hosts NAME" is simulated in the sandbox\n')
    return 1
  }
  let status = 0
  for (const name of names) {
    const found = await world.lookUp(place, name)
    for (const address of found.addresses) print(`${address.padEnd(15)} ${name}\n`)
    if (found.addresses.length === 0) status = 2
    if (found.why !== null) print(aside(found.why))
  }
  return status
}
