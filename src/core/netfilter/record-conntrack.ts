import type { FieldDiff } from '../net/packet.ts'
import type { Connection, ConntrackView } from './conntrack.ts'
import { formatConnection } from './format-connection.ts'
import type { HookRun } from './hook-run.ts'
import { evidence, NO_FIELDS } from './record-step.ts'
import type { Manip } from './setup-nat.ts'
import type { Tracked } from './track-packet.ts'

/** Adds the step of the lookup, or of the entry that it made. */
export function recordTracked(run: HookRun, { view, created }: Tracked): void {
  const connection = view?.connection ?? null
  run.steps.push({
    kind: 'conntrack',
    state: view?.state ?? 'invalid',
    action: created ? 'create' : 'lookup',
    entry: connection === null ? '' : formatConnection(connection),
    diff: NO_FIELDS,
    why: lookupWords(view, created),
    evidence: evidence(null),
  })
}

function lookupWords(view: ConntrackView | null, created: boolean): string {
  if (view === null)
    return 'The packet fits no known connection and cannot begin one, so it is invalid and NAT will not touch it.'
  switch (view.state) {
    case 'new':
      return created
        ? 'This is the first packet of a connection, so the kernel starts an entry by which it will know the answers.'
        : 'The connection has been seen before but never answered, so it still counts as new.'
    case 'established':
      return view.direction === 'reply'
        ? 'This is an answer to a connection that the kernel remembers.'
        : 'This connection has been answered before.'
    case 'related':
      return 'This packet reports about another one, whose connection the kernel remembers.'
    case 'untracked':
      return 'Connection tracking leaves this kind of packet alone.'
  }
}

/** Adds the step of a rewrite that no rule was asked for: later packets, answers, and ports that had to give way. */
export function recordTranslated(
  run: HookRun,
  view: ConntrackView,
  manip: Manip,
  diff: readonly FieldDiff[],
  note: string | null,
): void {
  const connection = view.connection as Connection
  run.steps.push({
    kind: 'conntrack',
    state: view.state,
    action: 'translate',
    entry: formatConnection(connection),
    diff,
    why: translateWords(view, manip, note),
    evidence: evidence(note, note !== null),
  })
}

function translateWords(view: ConntrackView, manip: Manip, note: string | null): string {
  if (note !== null)
    return 'Another connection already has this port or id towards the same end, so the kernel takes another one.'
  const side = manip === 'source' ? 'source' : 'destination'
  if (view.state === 'related') {
    return `The error is about a translated connection, so its ${side} and the packet that it quotes are turned back for the reader.`
  }
  if (view.direction === 'reply') {
    return `The connection was translated on its way out, so the ${side} of this answer is turned back; no rule is asked.`
  }
  return `The connection's first packet was translated here, so the ${side} of this one is, too; no rule is asked.`
}

/** Adds the step by which a new connection becomes visible to other packets. */
export function recordConfirmed(run: HookRun, connection: Connection): void {
  run.steps.push({
    kind: 'conntrack',
    state: 'new',
    action: 'confirm',
    entry: formatConnection(connection),
    diff: NO_FIELDS,
    why: 'The packet has passed every chain, so the kernel now keeps the entry and will know the answers by it.',
    evidence: evidence(null),
  })
}
