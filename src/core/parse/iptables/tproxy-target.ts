import type { Target } from '../../host/target.ts'
import { canonicalAddress } from '../../net/address.ts'
import { onlyNamed } from './module-reader.ts'
import { type Option, oneValue } from './options.ts'
import { readDecimal, readMasked } from './values.ts'

/** Reads TPROXY: `--on-port 3129 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1`. No address is written as 0.0.0.0 or ::. */
export function readTproxy(options: readonly Option[]): Target | null {
  if (!onlyNamed(options, ['on-port', 'on-ip', 'tproxy-mark'])) return null
  const valueOf = (name: string): string | null => {
    const option = options.find((each) => each.name === name)
    return option === undefined ? null : oneValue(option)
  }
  const port = readDecimal(valueOf('on-port') ?? '')
  const mark = readMasked(valueOf('tproxy-mark') ?? '0x0/0x0')
  const written = valueOf('on-ip') ?? '0.0.0.0'
  const address = canonicalAddress(written)
  if (port === null || port > 65535 || mark === null || address === null) return null
  return { kind: 'tproxy', port, address: address === '0.0.0.0' || address === '::' ? null : address, mark }
}
