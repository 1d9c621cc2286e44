/**
 * The containers that most tests start from. Addresses are the engine's own choice, and the order of creation makes them
 * the same each time: docker0 172.17.0.2 c1, .3 c2, .4 web, .5 local, .6 quiet, .7 echo; net-a 172.18.0.2 a1, .3 a2;
 * net-b 172.19.0.2 b1; net-i 172.20.0.2 i1.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importBusybox, busyboxImage } from './busybox.ts'
import { startDaemon, waitForDaemon } from './daemon.ts'
import type { Engine } from './engine.ts'
import { makeObject } from './make-object.ts'
import { listens, untilListens } from './world.ts'

export interface ContainerPlan {
  readonly name: string
  readonly network?: string
  /** As for `docker run -p`. */
  readonly publish?: string
  /** A web server on port 80; otherwise the container sleeps. */
  readonly web?: boolean
  /** A UDP echo on this port. */
  readonly udpEcho?: number
}

/** Each network's containers, in the order in which they get their addresses. */
export const standardPlan: readonly ContainerPlan[] = [
  { name: 'c1' },
  { name: 'c2' },
  { name: 'web', publish: '8080:80', web: true },
  { name: 'local', publish: '127.0.0.1:8081:80', web: true },
  { name: 'quiet', publish: '8082:80' },
  { name: 'echo', publish: '9999:9999/udp', udpEcho: 9999 },
  { name: 'a1', network: 'net-a' },
  { name: 'a2', network: 'net-a' },
  { name: 'b1', network: 'net-b', publish: '18080:80', web: true },
  { name: 'i1', network: 'net-i' },
]

const serveScript = fileURLToPath(new URL('serve.py', import.meta.url))

/**
 * Makes the standard scene: two idle containers and four that publish a port on docker0 (`web` 8080, `local` 127.0.0.1
 * only 8081, `quiet` 8082 where nothing listens, `echo` UDP 9999), the user bridges net-a and net-b (b1 publishes 18080)
 * and the internal net-i. Everything listens when this returns.
 */
export async function standardScene(engine: Engine): Promise<void> {
  const networks = [['net-a'], ['net-b'], ['--internal', 'net-i']]
  // One after the other: the address pool hands out subnets in this order.
  const makeNetworks = async (): Promise<void> => {
    for (const network of networks) await makeObject(engine, ['network', 'create', ...network])
  }
  await Promise.all([importBusybox(engine), makeNetworks()])
  const networkNames = new Set(standardPlan.map((plan) => plan.network))
  await Promise.all(
    [...networkNames].map((name) =>
      startInOrder(
        engine,
        standardPlan.filter((plan) => plan.network === name),
      ),
    ),
  )
}

async function startInOrder(engine: Engine, plans: readonly ContainerPlan[]): Promise<void> {
  for (const plan of plans) await startContainer(engine, plan)
}

/**
 * Runs one container of the busybox image, which must have been imported, and waits until it listens.
 */
export async function startContainer(engine: Engine, plan: ContainerPlan): Promise<void> {
  const network = plan.network === undefined ? [] : ['--network', plan.network]
  const publish = plan.publish === undefined ? [] : ['-p', plan.publish]
  const command = plan.web === true ? ['httpd', '-f', '-p', '80', '-h', '/www'] : ['sleep', '1000000']
  await makeObject(engine, ['run', '-d', '--name', plan.name, ...network, ...publish, busyboxImage, ...command])
  if (plan.udpEcho !== undefined) await startUdpEcho(engine, plan.name, plan.udpEcho)
  if (plan.web === true) await untilListens(await engine.containerNetns(plan.name), ':80', 'tcp')
}

/**
 * Busybox has no UDP server, so a process of this machine joins the container's network and pid namespaces. It is one of
 * the container's own processes in what `ss -p` and /proc show, and ends with it.
 */
async function startUdpEcho(engine: Engine, container: string, port: number): Promise<void> {
  const netns = await engine.containerNetns(container)
  const pidns = netns.replace(/net$/, 'pid')
  const server = ['python3', serveScript, '--udp', `0.0.0.0:${port}`]
  const log = join(engine.world.directory, engine.name, `echo-${container}.log`)
  const argv = ['nsenter', `--net=${netns}`, `--pid=${pidns}`, '--', ...server]
  const daemon = startDaemon(engine.world.ledger, argv, log)
  await waitForDaemon(daemon, () => listens(netns, `:${port}`, 'udp'), `the echo of ${container}`)
}
