import type { Container } from '../../core/host/container.ts'
import type { HostState, NameAnswer } from '../../core/host/host-state.ts'
import { parseResolvConf } from '../../core/host/resolv-conf.ts'
import type { Outcome } from '../../protocol/contract.ts'
import type { OpenHelper } from '../probe/probe-keeper.ts'
import { askOwnResolver } from './own-resolver.ts'

/** A name, and the namespace whose resolver is to be asked. */
export interface AskedName {
  readonly namespace: string
  readonly name: string
}

/**
 * Asks a namespace's resolver through the helper. Where the user has refused that one, the machine that Hopwire runs on is
 * asked, and the trace says so; where it could not be had, nobody is.
 */
export async function askName(
  state: HostState,
  helper: Outcome<OpenHelper>,
  { namespace, name }: AskedName,
  signal?: AbortSignal,
): Promise<Outcome<NameAnswer>> {
  if (!helper.ok && helper.failure.code === 'helper-refused')
    return { ok: true, value: await askOwnResolver(namespace, name, signal) }
  const asker = findAsker(state, namespace)
  if (!helper.ok || asker === null) {
    const message = `${name} cannot be looked up from there: the privileged helper cannot be used`
    return { ok: false, failure: { code: 'unknown-name', message, hint: 'give an IP address' } }
  }
  const servers = parseResolvConf(asker.resolvConf).nameservers
  return { ok: true, value: await helper.value.resolver({ namespace, pid: asker.pid, name, servers }, signal) }
}

/** A process in the namespace, and its resolver file; null where there is none. */
function findAsker(
  state: HostState,
  namespaceId: string,
): { readonly pid: number; readonly resolvConf: string } | null {
  if (state.namespaces[0]?.id === namespaceId) return { pid: 0, resolvConf: state.resolvConf ?? '' }
  const inside = state.containers.filter((one): one is Container => one.namespace === namespaceId && one.pid !== 0)
  const owner = inside.find((one) => one.resolvConf !== null)
  return owner === undefined ? null : { pid: owner.pid, resolvConf: owner.resolvConf ?? '' }
}
