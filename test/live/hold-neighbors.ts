import { sendProbe } from '../lab/index.ts'
import { run } from '../lab/run-command.ts'
import { ip } from '../lab/world.ts'
import type { Stage } from '../scenarios/support/stage.ts'

interface NeighborLine {
  readonly dst: string
  readonly dev: string
  readonly lladdr?: string
}

/**
 * Lets namespaces ask for each other, then keeps all that they have learned for good, so that no probe is crossed by
 * discovery. Waits until what comes up with a device (router solicitations, listener reports) is over.
 */
export async function holdNeighbors(
  stage: Stage,
  pairs: Readonly<Record<string, readonly string[]>>,
  quietMs = 14_000,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, quietMs))
  for (const [from, addresses] of Object.entries(pairs))
    for (const to of addresses) await sendProbe(stage.path(from), { kind: 'icmp', to, timeoutMs: 1500 })
  for (const name of Object.keys(pairs)) await holdAll(stage.path(name))
}

async function holdAll(netns: string): Promise<void> {
  const text = await run(['nsenter', `--net=${netns}`, 'ip', '-j', 'neigh'])
  const known = (JSON.parse(text) as NeighborLine[]).filter(({ lladdr }) => lladdr !== undefined)
  if (known.length === 0) return
  await ip(
    netns,
    known.map(({ dst, dev, lladdr }) => `neigh replace ${dst} lladdr ${lladdr ?? ''} dev ${dev} nud permanent`),
  )
}
