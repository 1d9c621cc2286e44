import type { Frame } from '../../core/parse/frames.ts'
import type { WatchPlan } from '../live/watch-plan.ts'
import type { Source } from '../sources/source.ts'
import type { OwnPackets } from './own-packets.ts'

/** Gets what the tools of a live trace printed. */
export type OnWatched = (plan: WatchPlan, frames: readonly Frame[]) => void

/** Returns the same source, which tells what it sends, so that a watch can leave that out, and what was seen of it. */
export function noteOwn(source: Source, own: OwnPackets, onWatched: OnWatched = () => undefined): Source {
  const { listen, ownTraffic, session, answerConsent, manager, notes } = source
  return {
    get kind() {
      return source.kind
    },
    status: () => source.status(),
    load: (signal, reading) => source.load(signal, reading),
    resolve: async (namespaceId, name, signal) => {
      const done = own.noteName(name)
      return source.resolve(namespaceId, name, signal).finally(done)
    },
    watch: async (plan, ...rest) => {
      const done = own.noteProbe(plan)
      const outcome = await source.watch(plan, ...rest).finally(done)
      if (outcome.ok) onWatched(plan, outcome.value.value)
      return outcome
    },
    ...(listen === undefined ? {} : { listen: listen.bind(source) }),
    ...(ownTraffic === undefined ? {} : { ownTraffic: ownTraffic.bind(source) }),
    ...(session === undefined ? {} : { session: session.bind(source) }),
    ...(answerConsent === undefined ? {} : { answerConsent: answerConsent.bind(source) }),
    ...(manager === undefined ? {} : { manager: manager.bind(source) }),
    ...(notes === undefined ? {} : { notes: notes.bind(source) }),
    onChange: (handler) => source.onChange(handler),
    close: () => source.close(),
  }
}
