import type { Match, PortRange } from '../host/match.ts'
import type { IptablesRule } from '../host/ruleset.ts'

/** The words of a rule's conditions never change, so they are made once. */
const known = new WeakMap<IptablesRule, string>()

/**
 * Returns the opening of a sentence that says why a rule took a packet: `As the packet came in by docker0 and does not
 * leave by docker0`. The caller adds what the rule does with it.
 */
export function explainMatches(rule: IptablesRule): string {
  let text = known.get(rule)
  if (text === undefined) {
    const words = rule.matches.map((match) => explainMatch(match)).filter((part) => part !== '')
    text = words.length === 0 ? 'As it takes every packet' : `As the packet ${joinWords(words)}`
    known.set(rule, text)
  }
  return text
}

function joinWords(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`
}

/** Returns one condition as a verb phrase about the packet; empty for a comment and for what another phrase implies. */
export function explainMatch(match: Match): string {
  switch (match.kind) {
    case 'comment':
      return ''
    case 'unsupported':
      return `may fit "${match.text}"`
    case 'protocol':
      return be(match.negated, match.protocol.toUpperCase())
    case 'source':
      return does(match.negated, 'comes', 'come', `from ${shortPrefix(match.prefix)}`)
    case 'destination':
      return does(match.negated, 'is for', 'be for', shortPrefix(match.prefix))
    case 'in-interface':
      return match.negated ? `did not come in by ${match.name}` : `came in by ${match.name}`
    case 'out-interface':
      return does(match.negated, 'leaves', 'leave', `by ${match.name}`)
    case 'address-type':
      return be(match.negated, `${match.side === 'source' ? 'from' : 'for'} ${match.types.map(typeWords).join(' or ')}`)
    case 'fragment':
      return match.negated ? '' : 'is a later fragment'
    default:
      return explainTransport(match)
  }
}

type BaseKind =
  | 'comment'
  | 'unsupported'
  | 'protocol'
  | 'source'
  | 'destination'
  | 'in-interface'
  | 'out-interface'
  | 'address-type'
  | 'fragment'

function explainTransport(match: Exclude<Match, { readonly kind: BaseKind }>): string {
  switch (match.kind) {
    case 'source-port':
    case 'destination-port':
      return has(match.negated, `${match.kind === 'source-port' ? 'source' : 'destination'} port ${ports(match.range)}`)
    case 'multiport': {
      const side = match.side === 'either' ? '' : `${match.side} `
      return has(match.negated, `a ${side}port among ${match.ranges.map(ports).join(', ')}`)
    }
    case 'tcp-flags':
      return has(match.negated, `of the TCP flags ${match.mask.join(',')} just ${match.set.join(',') || 'none'}`)
    case 'icmp-type':
      return match.type === 255 ? 'is ICMP' : be(match.negated, `ICMP type ${match.type}`)
    case 'ct-state':
      return be(match.negated, `${match.states.join(' or ')} to connection tracking`)
    case 'mark':
    case 'connmark':
      return has(match.negated, `the ${match.kind === 'mark' ? '' : "connection's "}mark 0x${match.value.toString(16)}`)
    case 'set':
      return be(match.negated, `in the set ${match.name}`)
    case 'physdev':
      return match.negated
        ? `does not fit physdev ${match.test}`
        : `fits physdev ${match.test} ${match.name ?? ''}`.trim()
    default:
      if ('text' in match) return `fits "${match.text.replace(/^-m /, '')}"`
      return match.negated ? `does not fit "${match.kind}"` : `fits "${match.kind}"`
  }
}

function be(negated: boolean, what: string): string {
  return negated ? `is not ${what}` : `is ${what}`
}

function has(negated: boolean, what: string): string {
  return negated ? `does not have ${what}` : `has ${what}`
}

function does(negated: boolean, third: string, plain: string, what: string): string {
  if (!negated) return `${third} ${what}`
  return plain.startsWith('be ') ? `is not ${plain.slice(3)} ${what}` : `does not ${plain} ${what}`
}

function ports(range: PortRange): string {
  return range.from === range.to ? `${range.from}` : `${range.from}-${range.to}`
}

function shortPrefix(prefix: string): string {
  return prefix.replace(/\/(32|128)$/, (whole, length) => ((length === '32') === prefix.includes(':') ? whole : ''))
}

function typeWords(type: string): string {
  if (type === 'LOCAL') return 'an address of this host'
  return `an address of type ${type}`
}
