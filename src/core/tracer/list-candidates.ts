import type { ResolvConf } from '../host/resolv-conf.ts'

/** How one question of a search ended, as far as the search cares. */
export type Ended = 'found' | 'none' | 'failed' | 'silent'

/**
 * Asks for a name as the C library does (glibc:resolv/res_query.c, __res_context_search): as it stands first when it has
 * at least `ndots` dots, then with each search domain, and as it stands last when that has not been tried. A server that
 * says SERVFAIL (`failed`) does not end the search; one that says nothing, or refuses, ends the walk through the domains.
 */
export function searchName(
  name: string,
  absolute: boolean,
  conf: Pick<ResolvConf, 'search' | 'ndots'>,
  ask: (candidate: string) => Ended,
): void {
  if (absolute) {
    ask(name)
    return
  }
  const dots = name.split('.').length - 1
  let asItIs = dots >= conf.ndots
  if (asItIs && ask(name) === 'found') return
  for (const domain of conf.search) {
    const suffix = domain.replace(/^\./, '').replace(/\.$/, '')
    if (suffix === '') asItIs = true
    const ended = ask(suffix === '' ? name : `${name}.${suffix}`)
    if (ended === 'found') return
    if (ended === 'silent') break
  }
  if (!asItIs) ask(name)
}
