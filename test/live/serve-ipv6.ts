import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startDaemon, waitForDaemon } from '../lab/daemon.ts'
import { listens } from '../lab/world.ts'
import type { Stage } from '../scenarios/support/stage.ts'

const script = fileURLToPath(new URL('../lab/serve.py', import.meta.url))

/**
 * Starts the lab's servers in a container or on the machine outside: TCP (port 80 unless said) on all addresses, and for an
 * IPv6 address a UDP echo on its port 9999.
 */
export async function serveIpv6(stage: Stage, container: string, address: string, port = 80): Promise<void> {
  const netns = stage.path(container)
  const pidns = netns.startsWith('/proc/') ? [`--pid=${netns.replace(/net$/, 'pid')}`] : []
  const all = address.includes(':') ? '[::]' : '0.0.0.0'
  const own = address.includes(':') ? `[${address}]` : address
  const sockets = ['--tcp', `${all}:${port}`, ...(address.includes(':') ? ['--udp', `${own}:9999`] : [])]
  const log = join(stage.world.directory, stage.engine.name, `serve6-${container}.log`)
  const argv = ['nsenter', `--net=${netns}`, ...pidns, '--', 'python3', script, ...sockets]
  const daemon = startDaemon(stage.world.ledger, argv, log)
  await waitForDaemon(daemon, () => listens(netns, `:${port}`), `serve.py in ${container}`)
}
