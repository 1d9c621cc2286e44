import type { Engine } from './engine.ts'

/** An entry of a bridge's forwarding database, as `bridge -j fdb` prints it. */
interface FdbEntry {
  readonly mac: string
  readonly ifname: string
  readonly state: string
  readonly vlan?: number
}

/**
 * Makes a bridge forget behind which of its ports the machines are, and learn no more, so that it floods whatever is not for
 * itself. Returns what makes it learn again, and know what it knew.
 */
export async function forgetMacs(engine: Engine, bridge: string): Promise<() => Promise<void>> {
  const listed = JSON.parse(await engine.nsenter(['ip', '-j', 'link', 'show', 'master', bridge])) as FdbEntry[]
  const ports = listed.map(({ ifname }) => ifname)
  const fdb = JSON.parse(await engine.nsenter(['bridge', '-j', 'fdb', 'show', 'br', bridge])) as FdbEntry[]
  const known = fdb.filter(({ ifname, state, vlan }) => ports.includes(ifname) && state === '' && vlan === undefined)
  const learn = async (how: 'on' | 'off'): Promise<void> => {
    const lines = ports.map((port) => `link set dev ${port} type bridge_slave learning ${how}\n`)
    await engine.nsenter(['ip', '-batch', '-'], { stdin: lines.join('') })
  }
  await learn('off')
  await engine.nsenter(['ip', 'link', 'set', 'dev', bridge, 'type', 'bridge', 'fdb_flush'])
  return async () => {
    await learn('on')
    const lines = known.map(({ mac, ifname }) => `fdb replace ${mac} dev ${ifname} master dynamic\n`)
    await engine.nsenter(['bridge', '-batch', '-'], { stdin: lines.join('') })
  }
}
