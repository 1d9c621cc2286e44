import type { HostState, NameAnswer } from '../core/host/host-state.ts'
import type { Source } from '../backend/sources/source.ts'
import type { Outcome } from '../protocol/contract.ts'

/**
 * The state with the answers that the resolver of every container, and of the host, gives for the names. An answer that
 * the state has already is replaced. Fails as soon as one question cannot be asked.
 */
export async function resolveNames(
  source: Source,
  state: HostState,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<HostState>> {
  const questions = askers(state).flatMap((namespace) => names.map((name) => ({ namespace, name })))
  // All at once: a source puts the questions of one moment into one run of its helper.
  const outcomes = await Promise.all(questions.map(({ namespace, name }) => source.resolve(namespace, name, signal)))
  const answers: NameAnswer[] = []
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome
    answers.push(outcome.value)
  }
  const isNew = (old: NameAnswer) =>
    answers.some((answer) => answer.namespace === old.namespace && answer.name === old.name)
  return { ok: true, value: { ...state, names: [...state.names.filter((old) => !isNew(old)), ...answers] } }
}

/** The namespaces that have a resolver of their own: the host's and those of containers. */
function askers(state: HostState): readonly string[] {
  const host = state.namespaces[0]
  const own = state.namespaces.filter((namespace) => namespace.containers.length > 0).map((namespace) => namespace.id)
  return [...new Set(host === undefined ? own : [host.id, ...own])]
}
