import type { NameAnswer } from '../host/host-state.ts'

/**
 * Reads what busybox's `nslookup -type=a NAME SERVER` printed. Text that names no outcome (a refused connection, a
 * server that is not there) counts as `TIMEOUT`: nobody answered.
 */
export function parseNameAnswer(text: string, asked: Pick<NameAnswer, 'namespace' | 'name' | 'server'>): NameAnswer {
  const lines = text.split('\n').map((line) => line.trim())
  const answers = lines.slice(lines.findIndex((line) => line.startsWith('Name:')))
  const addresses = lines.some((line) => line.startsWith('Name:'))
    ? answers.flatMap((line) => /^Address(?: \d+)?:\s*(\S+)/.exec(line)?.[1] ?? [])
    : []
  return { ...asked, status: statusOf(text, addresses), addresses: [...new Set(addresses)] }
}

function statusOf(text: string, addresses: readonly string[]): NameAnswer['status'] {
  if (addresses.length > 0) return 'NOERROR'
  const failure = /server can't find .*: (NXDOMAIN|SERVFAIL|REFUSED)/.exec(text)?.[1]
  if (failure === 'NXDOMAIN' || failure === 'SERVFAIL' || failure === 'REFUSED') return failure
  // "No answer" and a bare "Parse error" come from a server that answered without an address of the wanted kind.
  return /\*\*\* Can't find .*: No answer/.test(text) ? 'NOERROR' : 'TIMEOUT'
}
