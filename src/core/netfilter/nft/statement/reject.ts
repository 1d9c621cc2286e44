import type { NftStatement } from '../../../host/nft.ts'
import type { HookRun } from '../../hook-run.ts'
import { cannotTell, NO_DIFF } from '../../statement/statement.ts'
import { type CompiledStatement, FAILS } from './taken.ts'

type Reject = Extract<NftStatement, { readonly kind: 'reject' }>

/** Codes of each type by the names that iptables' `--reject-with` has for them (linux:net/netfilter/nft_reject.c). */
const ICMP: Readonly<Record<string, string>> = {
  'net-unreachable': 'icmp-net-unreachable',
  'host-unreachable': 'icmp-host-unreachable',
  'prot-unreachable': 'icmp-proto-unreachable',
  'port-unreachable': 'icmp-port-unreachable',
  'net-prohibited': 'icmp-net-prohibited',
  'host-prohibited': 'icmp-host-prohibited',
  'admin-prohibited': 'icmp-admin-prohibited',
}
const ICMPV6: Readonly<Record<string, string>> = {
  'no-route': 'icmp6-no-route',
  'admin-prohibited': 'icmp6-adm-prohibited',
  'addr-unreachable': 'icmp6-addr-unreachable',
  'port-unreachable': 'icmp6-port-unreachable',
  'policy-fail': 'icmp6-policy-fail',
  'reject-route': 'icmp6-reject-route',
}
/** `icmpx`: one word for both IP versions. */
const ICMPX: Readonly<Record<string, readonly [string, string]>> = {
  'no-route': ['icmp-net-unreachable', 'icmp6-no-route'],
  'port-unreachable': ['icmp-port-unreachable', 'icmp6-port-unreachable'],
  'host-unreachable': ['icmp-host-unreachable', 'icmp6-addr-unreachable'],
  'admin-prohibited': ['icmp-admin-prohibited', 'icmp6-adm-prohibited'],
}

/** `reject`, `reject with icmpx admin-prohibited`, `reject with tcp reset`. The packet is dropped and its sender told. */
export function compileReject(reject: Reject, because: string): CompiledStatement {
  const take: CompiledStatement['take'] = (run) => {
    if (isOfOtherFamily(reject, run)) return FAILS
    const answer = answerOf(reject, run)
    if (answer === null) {
      return {
        kind: 'effect',
        result: cannotTell('reject', `"reject with ${reject.type} ${reject.code}" is not known`),
      }
    }
    run.reject = { with: answer, rule: '' }
    const words = answer === 'tcp-reset' ? 'a TCP reset' : `an ICMP error (${answer})`
    const why = `${because}, this rule refuses it and answers with ${words}.`
    return { kind: 'effect', result: { verdict: 'reject', next: 'reject', diff: NO_DIFF, why } }
  }
  return { reads: false, take }
}

/** nft asks for the IP version first, where a table has both, and for TCP before a reset. */
function isOfOtherFamily({ type }: Reject, run: HookRun): boolean {
  if (type === 'icmp') return run.family !== 'ip'
  if (type === 'icmpv6') return run.family !== 'ip6'
  return type === 'tcp reset' && run.input.packet.protocol !== 'tcp'
}

function answerOf({ type, code }: Reject, run: HookRun): string | null {
  switch (type) {
    case 'tcp reset':
      return 'tcp-reset'
    case 'icmp':
      return ICMP[code ?? 'port-unreachable'] ?? null
    case 'icmpv6':
      return ICMPV6[code ?? 'port-unreachable'] ?? null
    case 'icmpx':
    case null:
      return ICMPX[code ?? 'port-unreachable']?.[run.family === 'ip' ? 0 : 1] ?? null
    default:
      return type satisfies never
  }
}
