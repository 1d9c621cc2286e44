import type { ModuleMatch } from '../../host/module-match.ts'
import { matchBpf } from './bpf.ts'
import { matchCgroup } from './cgroup.ts'
import { matchConnlimit } from './connlimit.ts'
import { matchHashlimit } from './hashlimit.ts'
import { matchIpvs } from './ipvs.ts'
import { matchLimit } from './limit.ts'
import type { Matcher } from './matcher.ts'
import { matchOwner } from './owner.ts'
import { matchPolicy } from './policy.ts'
import { matchRecent } from './recent.ts'
import { matchRpfilter } from './rpfilter.ts'
import { matchSocket } from './socket.ts'
import { matchStatistic } from './statistic.ts'
import { matchString } from './string.ts'
import { matchTcpMss } from './tcpmss.ts'
import { matchTime } from './time.ts'
import { matchTos } from './tos.ts'
import { matchU32 } from './u32.ts'

/** Returns the evaluator of a condition that remembers, looks into the packet, or asks about what stands beside it. */
export function compileModuleMatch(match: ModuleMatch): Matcher {
  switch (match.kind) {
    case 'recent':
      return matchRecent(match)
    case 'limit':
      return matchLimit(match)
    case 'hashlimit':
      return matchHashlimit(match)
    case 'connlimit':
      return matchConnlimit(match)
    case 'string':
      return matchString(match)
    case 'u32':
      return matchU32(match)
    case 'bpf':
      return matchBpf(match)
    case 'policy':
      return matchPolicy(match)
    case 'ipvs':
      return matchIpvs(match)
    case 'rpfilter':
      return matchRpfilter(match)
    case 'cgroup':
      return matchCgroup(match)
    case 'socket':
      return matchSocket(match)
    case 'statistic':
      return matchStatistic(match)
    case 'owner':
      return matchOwner(match)
    case 'time':
      return matchTime(match)
    case 'tcpmss':
      return matchTcpMss(match)
    case 'tos':
      return matchTos(match)
    default: {
      const never: never = match
      throw new Error(`unknown condition ${JSON.stringify(never)}`)
    }
  }
}
