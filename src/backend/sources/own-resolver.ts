import { Resolver } from 'node:dns/promises'
import type { NameAnswer } from '../../core/host/host-state.ts'

/** How long a name server may take, in milliseconds, and how often it is asked: as dig is in the helper. */
const PATIENCE = { timeout: 2000, tries: 2 }

/** The name servers of one place. Tests hand in one of their own. */
export type Asker = Pick<Resolver, 'resolve4' | 'resolve6' | 'getServers' | 'cancel'>

/**
 * Asks the name servers of the machine that Hopwire runs on, in the name of a namespace. A refusal or a time-out is an
 * answer; rejects when the signal ends it.
 */
export async function askOwnResolver(
  namespace: string,
  name: string,
  signal?: AbortSignal,
  asker: Asker = new Resolver(PATIENCE),
): Promise<NameAnswer> {
  signal?.throwIfAborted()
  const abort = (): void => asker.cancel()
  signal?.addEventListener('abort', abort)
  const [v4, v6] = await Promise.allSettled([asker.resolve4(name), asker.resolve6(name)])
  signal?.removeEventListener('abort', abort)
  signal?.throwIfAborted()
  const addresses = [v4, v6].flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const failed = addresses.length > 0 || v4.status === 'fulfilled' ? null : codeOf(v4.reason)
  return { namespace, name, server: serverOf(asker), status: statusOf(failed), addresses }
}

/** Node writes a port behind an address that has another one than 53. */
function serverOf(asker: Asker): string {
  const first = asker.getServers()[0] ?? ''
  return /^\[(.+)\]:\d+$/.exec(first)?.[1] ?? /^([\d.]+):\d+$/.exec(first)?.[1] ?? first
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

/** c-ares has names of its own for what servers answer (nodejs.org/api/dns.html, error codes). */
function statusOf(code: string | null): NameAnswer['status'] {
  switch (code) {
    case null:
    case 'ENODATA':
      return 'NOERROR'
    case 'ENOTFOUND':
      return 'NXDOMAIN'
    case 'EREFUSED':
      return 'REFUSED'
    case 'ESERVFAIL':
      return 'SERVFAIL'
    default:
      return 'TIMEOUT'
  }
}
