import { bracketed } from '../net/format-packet.ts'
import type { Flow } from '../trace/flow.ts'

/**
 * Returns the flow that a command sends from an end: `ping`, `wget` and `curl`, `nc`. Null for any other. What it sends
 * first is meant; `nslookup` asks only for a name, which a trace to that name shows with all the rest.
 */
export function readExec(from: string, [program, ...words]: readonly string[]): Flow | null {
  const plain = words.filter((word, index) => !word.startsWith('-') && !isValue(words[index - 1]))
  switch (program) {
    case 'ping': {
      const [to] = plain
      return to === undefined || plain.length > 1 ? null : { from, to, protocol: 'icmp' }
    }
    case 'wget':
    case 'curl': {
      const [url] = plain
      return url === undefined || plain.length > 1 ? null : readUrl(from, url)
    }
    case 'nc': {
      const [to, port] = plain
      if (to === undefined || !/^\d+$/.test(port ?? '') || words.some((word) => word.startsWith('-l'))) return null
      return { from, to: bracketed(to), protocol: 'tcp', destinationPort: Number(port) }
    }
    default:
      return null
  }
}

/** The options of these programs that take a value: `-c 1`, `-w 2`, `-T 2`, `-O -`. */
function isValue(before: string | undefined): boolean {
  return before !== undefined && /^-(c|w|W|T|O|m|I)$/.test(before)
}

function readUrl(from: string, url: string): Flow | null {
  const [, host, port] = /^(?:http:\/\/)?([^/:]+)(?::(\d+))?(?:\/.*)?$/.exec(url) ?? []
  if (host === undefined) return null
  const to = host === 'localhost' ? '127.0.0.1' : host
  return { from, to, protocol: 'tcp', destinationPort: Number(port ?? 80) }
}
