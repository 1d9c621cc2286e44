import { canonicalPrefix } from '../../net/prefix.ts'

/** The conditions that iptables-save prints first, in its order. */
const BASE = ['-s', '-d', '-i', '-o', '-p'] as const

const LONG: Readonly<Record<string, string>> = {
  '--source': '-s',
  '--destination': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--protocol': '-p',
  '--jump': '-j',
  '--match': '-m',
  '--src': '-s',
  '--dst': '-d',
}

const PORT_OPTIONS = [
  '--dport',
  '--sport',
  '--destination-port',
  '--source-port',
  '--tcp-flags',
  '--syn',
  '--icmp-type',
]

/**
 * Returns a rule as iptables-save prints it, from the words that somebody typed: addresses, devices and the protocol come
 * first and whole, and a protocol's own options get their `-m`. What else there is stays as it was written.
 */
export function canonicalRule(words: readonly string[], family: 'ip' | 'ip6'): string {
  const base = new Map<string, string>()
  const others: string[] = []
  let negated = false
  for (let index = 0; index < words.length; index++) {
    const word = LONG[words[index] ?? ''] ?? words[index] ?? ''
    const value = words[index + 1] ?? ''
    if (word === '!') {
      negated = true
    } else if ((BASE as readonly string[]).includes(word)) {
      const text = word === '-s' || word === '-d' ? (canonicalPrefix(value) ?? value) : value
      if (!isAny(text))
        base.set(word, `${negated ? '! ' : ''}${word} ${word === '-p' ? protocolName(text, family) : text}`)
      negated = false
      index++
    } else {
      others.push(...(negated ? ['!', word] : [word]))
      negated = false
    }
  }
  const protocol = base.get('-p')?.split(' ').at(-1)
  const own = others.findIndex((word) => PORT_OPTIONS.includes(word))
  const needsModule = protocol !== undefined && own >= 0 && !others.slice(0, own).includes('-m')
  const at = others[own - 1] === '!' ? own - 1 : own
  if (needsModule) others.splice(at, 0, '-m', protocol === 'ipv6-icmp' ? 'icmp6' : protocol)
  // Who refuses without a reason given says that the port cannot be reached.
  if (others.slice(-2).join(' ') === '-j REJECT')
    others.push('--reject-with', family === 'ip' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable')
  return [...BASE.flatMap((option) => base.get(option) ?? []), ...others].join(' ')
}

function isAny(text: string): boolean {
  return text === '0.0.0.0/0' || text === '::/0' || text === 'all'
}

function protocolName(text: string, family: 'ip' | 'ip6'): string {
  return family === 'ip6' && (text === 'icmpv6' || text === 'icmp6') ? 'ipv6-icmp' : text
}
