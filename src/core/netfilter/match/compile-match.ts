import type { Match } from '../../host/match.ts'
import { matchAddress } from './address.ts'
import { matchAddressType } from './address-type.ts'
import { matchCtAddress } from './ct-address.ts'
import { matchCtDirection } from './ct-direction.ts'
import { matchCtExpire } from './ct-expire.ts'
import { matchCtPort } from './ct-port.ts'
import { matchCtProtocol } from './ct-protocol.ts'
import { matchCtState } from './ct-state.ts'
import { matchCtStatus } from './ct-status.ts'
import { matchDevice } from './device.ts'
import { matchFragment } from './fragment.ts'
import { matchIcmpType } from './icmp-type.ts'
import { matchIpRange } from './ip-range.ts'
import { matchLength } from './length.ts'
import { matchMacSource } from './mac-source.ts'
import { matchMark } from './mark.ts'
import { type Matcher, YES } from './matcher.ts'
import { matchMultiport } from './multiport.ts'
import { matchPacketType } from './packet-type.ts'
import { matchPhysdev } from './physdev.ts'
import { matchPort } from './port.ts'
import { matchProtocol } from './protocol.ts'
import { matchSet } from './set.ts'
import { matchTcpFlags } from './tcp-flags.ts'
import { matchTcpOption } from './tcp-option.ts'
import { matchTtl } from './ttl.ts'
import { compileModuleMatch } from './compile-module-match.ts'
import { matchUnsupported } from './unsupported.ts'

/** Returns the evaluator of one condition. `beside` are all conditions of its rule, for those that depend on others. */
// oxlint-disable-next-line eslint/max-lines-per-function -- a flat table, one line a kind
export function compileMatch(match: Match, beside: readonly Match[]): Matcher {
  switch (match.kind) {
    case 'protocol':
      return matchProtocol(match)
    case 'source':
    case 'destination':
      return matchAddress(match)
    case 'in-interface':
    case 'out-interface':
      return matchDevice(match)
    case 'fragment':
      return matchFragment(match)
    case 'source-port':
    case 'destination-port':
      return matchPort(match)
    case 'multiport':
      return matchMultiport(match)
    case 'tcp-flags':
      return matchTcpFlags(match)
    case 'tcp-option':
      return matchTcpOption(match)
    case 'icmp-type':
      return matchIcmpType(match)
    case 'address-type':
      return matchAddressType(match)
    case 'mark':
    case 'connmark':
      return matchMark(match)
    case 'physdev':
      return matchPhysdev(match)
    case 'ip-range':
      return matchIpRange(match)
    case 'mac-source':
      return matchMacSource(match)
    case 'packet-type':
      return matchPacketType(match)
    case 'ttl':
      return matchTtl(match)
    case 'length':
      return matchLength(match)
    case 'set':
      return matchSet(match)
    case 'comment':
      return () => YES
    case 'unsupported':
      return matchUnsupported(match.module)
    case 'ct-state':
    case 'ct-status':
    case 'ct-direction':
    case 'ct-protocol':
    case 'ct-address':
    case 'ct-port':
    case 'ct-expire':
      return compileCtMatch(
        match,
        beside.some((other) => other.kind === 'ct-state'),
      )
    default:
      return compileModuleMatch(match)
  }
}

type CtMatch = Extract<Match, { readonly kind: `ct-${string}` }>

function compileCtMatch(match: CtMatch, besideState: boolean): Matcher {
  switch (match.kind) {
    case 'ct-state':
      return matchCtState(match)
    case 'ct-status':
      return matchCtStatus(match, besideState)
    case 'ct-direction':
      return matchCtDirection(match, besideState)
    case 'ct-protocol':
      return matchCtProtocol(match, besideState)
    case 'ct-address':
      return matchCtAddress(match, besideState)
    case 'ct-port':
      return matchCtPort(match, besideState)
    case 'ct-expire':
      return matchCtExpire(match, besideState)
    default: {
      const never: never = match
      throw new Error(`unknown condition ${JSON.stringify(never)}`)
    }
  }
}
