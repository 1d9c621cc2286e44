import type { HostState } from '../host/host-state.ts'
import type { Step } from '../trace/step.ts'
import type { Observation } from './observation.ts'
import type { ChainVisit } from './seen-packet.ts'

type JudgingStep = Extract<Step, { kind: 'rule' | 'policy' }>

/** What could be seen at all, and what was seen of a namespace beside one packet. */
export interface Sight {
  /** Whether the devices of a namespace were captured. */
  shows(netns: string): boolean
  /**
   * Whether a rule trace tells what a packet met in the table that a step is in: not in one of iptables-legacy, and not where
   * pieces of IPv6 came by, of which it does not say whose they are.
   */
  traces(netns: string, step: JudgingStep): boolean
  /** Whether any packet was seen in a step's base chain. */
  metChain(netns: string, step: JudgingStep): boolean
  /** What the rule's own counter says of it. */
  counted(netns: string, step: JudgingStep): 'rose' | 'still' | 'unknown'
  /** Whether the kernel's reasons for freeing packets were watched. */
  readonly tellsDrops: boolean
  /** What could not be watched in a namespace, in words; null for nothing. */
  lacking(netns: string): string | null
}

/** Returns what an observation can show. */
export function sightOf(state: HostState, observation: Observation, visits: readonly ChainVisit[]): Sight {
  const { watched, counters } = observation
  const lacks = (netns: string, ...whats: readonly string[]): boolean => {
    const own = watched.find((each) => each.netns === netns)
    return own === undefined || own.lacks.some(({ what }) => whats.includes(what))
  }
  const isLegacy = (netns: string, { family, table }: JudgingStep): boolean =>
    state.namespaces
      .find(({ name }) => name === netns)
      ?.rulesets.iptables?.some(
        (each) => each.backend === 'legacy' && each.family === family && each.name === table && hasRules(each.chains),
      ) === true
  const untraced = new Set(
    watched
      .filter(({ lacks: own }) => own.some(({ what, why }) => what === 'rules' && !/legacy/.test(why)))
      .map(({ netns }) => netns),
  )
  const met = observation.rules.filter(({ event }) => event.kind === 'piece')
  const pieces = new Set(met.map(({ netns, family, table }) => `${netns} ${family} ${table}`))
  return {
    shows: (netns) => !lacks(netns, 'frames', 'namespace'),
    traces: (netns, step) =>
      !lacks(netns, 'namespace') &&
      !untraced.has(netns) &&
      !isLegacy(netns, step) &&
      !pieces.has(`${netns} ${step.family} ${step.table}`),
    metChain: (netns, { family, table, chain }) =>
      visits.some(
        (visit) => visit.netns === netns && visit.family === family && visit.table === table && visit.chain === chain,
      ),
    counted: (netns, step) => countedOf(counters, lacks(netns, 'counters', 'namespace'), netns, step),
    tellsDrops: !watched.some(({ lacks: own }) => own.some(({ what }) => what === 'drop-reasons')),
    lacking: (netns) => {
      const own = watched.find((each) => each.netns === netns)
      if (own === undefined) return `${netns} was not watched`
      return own.lacks.length === 0 ? null : own.lacks.map(({ why }) => why).join('; ')
    },
  }
}

function hasRules(chains: readonly { readonly rules: readonly unknown[] }[]): boolean {
  return chains.some(({ rules }) => rules.length > 0)
}

function countedOf(
  counters: Observation['counters'],
  lacking: boolean,
  netns: string,
  step: JudgingStep,
): 'rose' | 'still' | 'unknown' {
  // Rules of nft's own are not listed with their counters, which few of them have.
  if (step.kind !== 'rule' || lacking || !step.rule.startsWith('-A ')) return 'unknown'
  const own = counters.filter((each) => each.netns === netns && each.family === step.family)
  return own.some((each) => each.table === step.table && each.rule === step.rule) ? 'rose' : 'still'
}
