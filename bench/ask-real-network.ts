/** The same questions put to a real network, as people ask them: `docker exec CONTAINER ping -c 1`. */
import { spawnSync } from 'node:child_process'
import { traceFlow } from '../src/core/tracer/trace-flow.ts'
import { standardScene, startEngine, startWorld, whyNoLab } from '../test/lab/index.ts'
import { percentile } from './line.ts'
import { readHost } from './make-host.ts'

/** What one question took, as a median. */
export interface Asked {
  readonly what: string
  readonly milliseconds: number
  readonly prediction: string
}

const questions = [
  { what: 'docker exec c1 ping, same bridge', from: 'c1', to: '172.17.0.3', answered: true },
  { what: 'docker exec c1 ping, to the internet', from: 'c1', to: '203.0.113.80', answered: true },
] as const
const times = 15

/**
 * Asks on a small host of ten containers, where the engine is at its quickest. Returns the reason where no lab can run.
 * Throws where the prediction and the network do not agree.
 */
export async function askRealNetwork(): Promise<readonly Asked[] | string> {
  const reason = whyNoLab()
  if (reason !== undefined) return reason
  const world = await startWorld()
  try {
    const engine = await startEngine(world, { generation: '28' })
    await standardScene(engine)
    const state = await readHost(engine)
    return questions.map(({ what, from, to, answered }) => {
      const predicted = traceFlow(state, { from, to, protocol: 'icmp' })
      const comesBack = predicted.ok && predicted.report.exchanges.find(({ main }) => main)?.reply !== null
      if (comesBack !== answered) throw new Error(`${what}: the prediction is wrong`)
      const all = Array.from({ length: times }, () => ping(engine.socket, from, to))
      return { what, milliseconds: percentile(all, 0.5), prediction: `median of ${times}, on a host of ten containers` }
    })
  } finally {
    world.stop()
  }
}

function ping(socket: string, from: string, to: string): number {
  const start = performance.now()
  const { status } = spawnSync('docker', ['-H', `unix://${socket}`, 'exec', from, 'ping', '-c', '1', '-W', '2', to])
  if (status !== 0) throw new Error(`ping from ${from} to ${to}: status ${status}`)
  return performance.now() - start
}
