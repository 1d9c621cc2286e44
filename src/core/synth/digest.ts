/**
 * Numbers and ids that Docker and the kernel draw at random, drawn here from names: the same scene gives the same host,
 * and a change of one thing leaves the others as they are.
 */

/** Returns a whole number from 0 to 2^32-1 that depends on nothing but the text (MurmurHash3's mixing). */
function digestNumber(text: string, seed = 0): number {
  let hash = (0x9747b28c ^ seed) >>> 0
  for (let index = 0; index < text.length; index++) {
    let block = Math.imul(text.charCodeAt(index), 0xcc9e2d51)
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593)
    hash ^= block
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Returns `length` hexadecimal digits for a text; 64 make an id as Docker's. */
export function digestHex(text: string, length: number): string {
  let digits = ''
  for (let seed = 1; digits.length < length; seed++) digits += digestNumber(text, seed).toString(16).padStart(8, '0')
  return digits.slice(0, length)
}

/** Returns a locally administered unicast MAC address for a text. */
export function digestMac(text: string): string {
  const bytes = digestHex(text, 12).match(/../g) ?? []
  const first = ((Number.parseInt(bytes[0] ?? '0', 16) & 0xfc) | 0x02).toString(16).padStart(2, '0')
  return [first, ...bytes.slice(1)].join(':')
}

/** Returns a port of the kernel's ephemeral range (ip_local_port_range) for a text. */
export function digestPort(text: string): number {
  return 32768 + (digestNumber(text) % (60999 - 32768 + 1))
}
