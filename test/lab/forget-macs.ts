import type { Engine } from './engine.ts'

/**
 * Makes a bridge forget behind which of its ports the machines are, and learn no more, so that it floods whatever is not for
 * itself. Returns what makes it learn again.
 */
export async function forgetMacs(engine: Engine, bridge: string): Promise<() => Promise<void>> {
  const listed = await engine.nsenter(['ip', '-j', 'link', 'show', 'master', bridge])
  const ports = (JSON.parse(listed) as { readonly ifname: string }[]).map(({ ifname }) => ifname)
  const learn = async (how: 'on' | 'off'): Promise<void> => {
    const lines = ports.map((port) => `link set dev ${port} type bridge_slave learning ${how}\n`)
    await engine.nsenter(['ip', '-batch', '-'], { stdin: lines.join('') })
  }
  await learn('off')
  await engine.nsenter(['ip', 'link', 'set', 'dev', bridge, 'type', 'bridge', 'fdb_flush'])
  return () => learn('on')
}
