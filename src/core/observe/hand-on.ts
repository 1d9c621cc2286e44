import type { Evidence } from '../trace/evidence.ts'
import type { Exchange } from '../trace/trace-report.ts'

/**
 * Returns the exchange that docker-proxy took, where its own connection was seen: that it took the first one is thereby
 * seen, too, and what became of the second one has become of the first. Others come back as they are.
 */
export function handOn(main: Exchange, predicted: Exchange, behind: Exchange | undefined): Exchange {
  const step = predicted.forward.hops.at(-1)?.steps.find(({ kind }) => kind === 'proxy')
  const last = main.forward.hops.at(-1)
  if (behind === undefined || step?.kind !== 'proxy' || last?.steps.at(-1)?.kind !== 'deliver') return main
  const evidence: Evidence = { basis: 'frame', note: 'Its own connection was seen.' }
  const hops = [...main.forward.hops.slice(0, -1), { ...last, steps: [...last.steps, { ...step, evidence }] }]
  const { disposition, reason } = behind.forward
  if (disposition === 'delivered' || disposition === 'cannot-tell')
    return { ...main, forward: { ...main.forward, hops } }
  const what = main.protocol === 'udp' ? 'the datagram and hands it on' : 'the connection and makes one of its own'
  const told = `${step.process} takes ${what}, in vain: ${reason}`
  return { ...main, forward: { disposition, reason: told, hops } }
}
