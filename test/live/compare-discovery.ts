import { expect } from 'vitest'
import type { Exchange } from '../../src/core/trace/trace-report.ts'
import { isNeighborExchange } from '../../src/core/trace/is-neighbor-exchange.ts'
import { captureFrames, type Frame, sendProbe } from '../lab/index.ts'
import { ip } from '../lab/world.ts'
import { predict } from '../scenarios/support/ask-flow.ts'
import type { Stage } from '../scenarios/support/stage.ts'

/** Who asks for whom, which namespaces are watched, and the entries that are forgotten first: addresses by namespace. */
export interface ColdNeighbor {
  readonly from: string
  readonly to: string
  readonly watched: readonly string[]
  readonly cold: Readonly<Record<string, readonly string[]>>
}

/** The kernel asks three times, a second apart, before it gives up; the engine shows the first. */
const GIVES_UP_MS = 3700

/** Pings a neighbour whose MAC is not known, and compares the discovery that the kernel does with the predicted one. */
export async function compareDiscovery(stage: Stage, asked: ColdNeighbor): Promise<void> {
  const { from, to } = asked
  await stage.refresh()
  await forget(stage, asked)
  await stage.refresh()
  const report = predict(stage.state(), { from, to, protocol: 'icmp', sourcePort: stage.nextIdentity() })
  const predicted = report.exchanges.filter(isNeighborExchange)
  const inside = stage.inside()
  const paths = Object.fromEntries(asked.watched.map((name) => [name, stage.path(name)]))
  const ping = () => sendProbe(stage.path(from), { kind: 'icmp', to, timeoutMs: GIVES_UP_MS })
  const { value, frames } = await captureFrames(paths, 'icmp6', ping)
  const targets = new Set(predicted.map(({ label }) => label.replace('ND ', '')))
  const questions = frames.filter(isQuestion)
  const askers = new Set(questions.map(({ src }) => src))
  const seen = [...questions, ...frames.filter((frame) => isAnswer(frame, targets, askers))].map((frame) =>
    showSeen(inside[frame.netns] ?? frame.netns, frame),
  )
  const names = new Set(asked.watched.map((name) => inside[name] ?? name))
  const expected = predicted
    .flatMap(framesOf)
    .filter(({ netns }) => names.has(netns))
    .map(({ text }) => text)
  const answered = predicted.every(({ reply }) => reply?.disposition === 'delivered')
  expect(predicted.length, 'discovery is predicted').toBeGreaterThan(0)
  expect(value.outcome === 'reply').toBe(answered)
  const once = (lines: readonly string[]): string[] => [...new Set(lines)].sort()
  expect(once(expected)).toEqual(once(seen))
  if (answered) expect(expected.length).toBe(seen.length)
}

/** Entries are made to be asked for again: a permanent one is deleted. */
async function forget(stage: Stage, { cold }: ColdNeighbor): Promise<void> {
  for (const [name, addresses] of Object.entries(cold)) {
    const neighbors = stage.state().namespaces.find((one) => one.name === stage.inside()[name])?.neighbors ?? []
    const known = neighbors.filter(({ address }) => addresses.includes(address))
    if (known.length > 0)
      await ip(
        stage.path(name),
        known.map(({ address, device }) => `neigh del ${address} dev ${device}`),
      )
  }
}

/** Asked of a group. Entries that were learned in passing are asked for again some seconds later, by unicast. */
const isQuestion = ({ icmp, dst }: Frame): boolean => icmp?.type === 135 && dst.startsWith('ff02:')

/** Told to one who asked the group: what answers such a later question, whenever that comes, is none of this. */
const isAnswer = ({ icmp, src, dst }: Frame, targets: ReadonlySet<string>, askers: ReadonlySet<string>): boolean =>
  icmp?.type === 136 && targets.has(src) && askers.has(dst)

function showSeen(netns: string, { device, direction, src, dst, icmp, ttl, sourceMac, length }: Frame): string {
  return [netns, device, direction, icmp?.type, src, dst, ttl, sourceMac, length].join(' ')
}

function framesOf({ forward, reply }: Exchange): { readonly netns: string; readonly text: string }[] {
  return [...forward.hops, ...(reply?.hops ?? [])].flatMap(({ netns, device, frames }) =>
    frames.map(({ direction, src, dst, icmp, ttl, sourceMac, length }) => ({
      netns,
      text: [netns, device, direction, icmp?.type, src, dst, ttl, sourceMac, length].join(' '),
    })),
  )
}
