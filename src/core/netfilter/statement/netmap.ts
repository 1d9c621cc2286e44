import type { Target } from '../../host/target.ts'
import { formatAddress, parseAddress } from '../../net/address.ts'
import { parsePrefix } from '../../net/prefix.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { manipOf, translate } from './nat-statement.ts'
import { cannotTell, type StatementResult } from './statement.ts'

/** `-j NETMAP --to 10.9.0.0/16`: the network part is replaced, the host part stays (linux:net/netfilter/xt_NETMAP.c). */
export function applyNetmap(run: HookRun, target: OfKind<Target, 'netmap'>): StatementResult {
  const { packet } = run.input
  const old = manipOf(run) === 'source' ? packet.src : packet.dst
  const mapped = mapAddress(old, target.prefix)
  if (mapped === null) return cannotTell('netmap', `${target.prefix} is no network that ${old} can be mapped to`)
  const why = `This rule maps ${old} into ${target.prefix}, keeping its host part.`
  return translate(run, 'netmap', { addresses: { from: mapped, to: mapped }, ports: null, random: false }, why)
}

function mapAddress(address: string, text: string): string | null {
  const prefix = parsePrefix(text)
  const old = parseAddress(address)
  if (prefix === null || old === null) return null
  if (prefix.family === 4 && old.family === 4) {
    return formatAddress(4, ((old.value & ~prefix.mask) | prefix.network) >>> 0)
  }
  if (prefix.family === 6 && old.family === 6) {
    return formatAddress(6, (old.value & (prefix.mask ^ ((1n << 128n) - 1n))) | prefix.network)
  }
  return null
}
