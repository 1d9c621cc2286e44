import type { Target } from '../../host/target.ts'
import type { CompiledRule } from '../compile-rule.ts'
import { explainMatches } from '../explain-matches.ts'
import type { HookRun } from '../hook-run.ts'
import { applyConnmark } from './connmark.ts'
import { applyCtZone } from './ct-zone.ts'
import { applyDnat } from './dnat.ts'
import { applyNothing } from './log.ts'
import { applyMark } from './mark.ts'
import { applyMasquerade } from './masquerade.ts'
import { applyNetmap } from './netmap.ts'
import { applyNotrack } from './notrack.ts'
import { applyRedirect } from './redirect.ts'
import { applyReject } from './reject.ts'
import { applySet } from './set.ts'
import { applySnat } from './snat.ts'
import { cannotTell, type StatementResult } from './statement.ts'
import { applyTos } from './tos.ts'
import { applyTproxy } from './tproxy.ts'
import { applyTtl } from './ttl.ts'
import { applyVerdict } from './verdict.ts'

/** Returns what a target does to the packet. Jumps are the chain walker's. Changes the run's packet, mark, connection. */
// oxlint-disable-next-line eslint/max-lines-per-function -- a flat table, one line a target
export function applyStatement(run: HookRun, rule: CompiledRule, target: Target): StatementResult {
  switch (target.kind) {
    case 'accept':
    case 'drop':
    case 'return':
      return applyVerdict(target, explainMatches(rule.rule))
    case 'reject':
      return applyReject(target, explainMatches(rule.rule))
    case 'dnat':
      return applyDnat(run, target)
    case 'snat':
      return applySnat(run, target)
    case 'masquerade':
      return applyMasquerade(run, target)
    case 'redirect':
      return applyRedirect(run, target)
    case 'netmap':
      return applyNetmap(run, target)
    case 'mark':
      return applyMark(run, target)
    case 'connmark':
      return applyConnmark(run, target)
    case 'notrack':
      return applyNotrack(run)
    case 'ct-zone':
      return applyCtZone(run, target.zone)
    case 'set':
      return applySet(run, target)
    case 'tproxy':
      return applyTproxy(run, target)
    case 'log':
      return applyNothing(`This rule writes the packet down (${target.module}) and lets the chain go on.`)
    case 'tcp-mss':
      return applyNothing('This rule lowers the segment size that the two ends agree on; nothing else changes.')
    case 'no-effect':
      return applyNothing(`${target.module} changes nothing that decides where the packet goes.`)
    case 'ttl':
      return applyTtl(run, target)
    case 'tos':
      return applyTos(run, target)
    case 'unsupported':
      return cannotTell('queue', `the target ${target.module} is not evaluated`)
    case 'jump':
    case 'goto':
      throw new Error(`a ${target.kind} to ${target.chain} was not resolved`)
    default: {
      const never: never = target
      throw new Error(`unknown target ${JSON.stringify(never)}`)
    }
  }
}
