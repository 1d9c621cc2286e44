import fc from 'fast-check'

/** Few words of each sort, so that what is generated apart meets: rules name devices that exist, routes hit addresses. */
export const devices = ['lo', 'eth0', 'ens5', 'br0', 'br1', 'vethn1', 'vethn2', 'veth9'] as const
export const namespaceIds = ['host', 'container:n1', 'container:n2'] as const
export const addresses4 = [
  '172.17.0.1',
  '172.17.0.2',
  '172.18.0.1',
  '172.18.0.2',
  '198.51.100.10',
  '198.51.100.1',
] as const
export const addresses6 = ['fd00::1', 'fd00::2', '2001:db8::10', 'fe80::1'] as const
const oddAddresses = [
  '0.0.0.0',
  '255.255.255.255',
  '127.0.0.1',
  '127.0.0.11',
  '224.0.0.1',
  '::',
  '::1',
  'ff02::1',
] as const

export const anyAddress = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string>(...addresses4) },
  { weight: 2, arbitrary: fc.constantFrom<string>(...addresses6) },
  { weight: 1, arbitrary: fc.constantFrom<string>(...oddAddresses) },
)
export const anyDevice = fc.constantFrom<string>(...devices, 'veth+', '+', 'gone', '')
/** A MAC, the same one of every other device; now and then what is none. */
export const anyMac = fc.constantFrom<string>(
  '02:00:00:00:00:01',
  '02:42:ac:11:00:01',
  '02:42:ac:11:00:02',
  '02:42:ac:12:00:02',
  'ff:ff:ff:ff:ff:ff',
  '01:00:5e:00:00:01',
  '',
  '0.0.0.0',
)
/** A prefix that a route may have. */
export const anyPrefix = fc.constantFrom<string>(
  '0.0.0.0/0',
  '172.17.0.0/16',
  '172.18.0.0/16',
  '172.17.0.2/32',
  '198.51.100.0/24',
  '127.0.0.0/8',
  '10.0.0.0/8',
  '::/0',
  'fd00::/64',
  '2001:db8::/32',
  '::1/128',
)
/** What a rule may say for a prefix: also masks with holes, and text that is none. */
export const anyPrefixText = fc.oneof(
  { weight: 8, arbitrary: anyPrefix },
  { weight: 1, arbitrary: fc.constantFrom('172.17.0.2', '10.0.0.1/255.0.0.255', '172.17.0.0/33', 'x', '') },
)
