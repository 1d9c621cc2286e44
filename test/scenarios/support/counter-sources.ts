import type { HostState } from '../../../src/core/host/host-state.ts'
import type { CounterSource } from '../../conformance/agent.ts'

/** All tables of both IP versions wherever there is any rule. `inside` maps names of namespaces to those of traces. */
export function counterSources(state: HostState, inside: Readonly<Record<string, string>>): CounterSource[] {
  const has = (name: string | undefined, family: 'ip' | 'ip6'): boolean =>
    state.namespaces
      .find((candidate) => candidate.name === name)
      ?.rulesets.iptables?.some(
        (table) => table.family === family && table.chains.some(({ rules }) => rules.length > 0),
      ) === true
  return Object.keys(inside).flatMap((netns): CounterSource[] => [
    ...(has(inside[netns], 'ip') ? [{ netns, program: 'iptables-save' as const }] : []),
    ...(has(inside[netns], 'ip6') ? [{ netns, program: 'ip6tables-save' as const }] : []),
  ])
}
