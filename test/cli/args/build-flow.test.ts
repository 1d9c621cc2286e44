import { describe, expect, test } from 'vitest'
import { buildFlow, OPTION_NAMES, type WrittenFlow } from '../../../src/cli/args/build-flow.ts'

const written = (from: string, to: string, more: Partial<WrittenFlow> = {}): WrittenFlow => ({ from, to, ...more })

describe('buildFlow', () => {
  test.each([
    ['hopwire trace web db', written('web', 'db'), { from: 'web', to: 'db', protocol: 'icmp' }],
    [
      'hopwire trace web db:5432',
      written('web', 'db:5432'),
      { from: 'web', to: 'db', protocol: 'tcp', destinationPort: 5432 },
    ],
    [
      'hopwire trace web db --port 53 --proto udp',
      written('web', 'db', { port: '53', protocol: 'udp' }),
      { from: 'web', to: 'db', protocol: 'udp', destinationPort: 53 },
    ],
    [
      'hopwire trace web db:80 --port 80',
      written('web', 'db:80', { port: '80' }),
      { from: 'web', to: 'db', protocol: 'tcp', destinationPort: 80 },
    ],
    [
      'hopwire trace web:4000 db:80',
      written('web:4000', 'db:80'),
      { from: 'web', to: 'db', protocol: 'tcp', sourcePort: 4000, destinationPort: 80 },
    ],
    [
      'hopwire trace web db --source-port 0',
      written('web', 'db', { sourcePort: '0' }),
      { from: 'web', to: 'db', protocol: 'icmp', sourcePort: 0 },
    ],
    [
      'hopwire trace external:198.51.100.7 host:8080',
      written('external:198.51.100.7', 'host:8080'),
      { from: 'external:198.51.100.7', to: 'host', protocol: 'tcp', destinationPort: 8080 },
    ],
    [
      'hopwire trace web external:443',
      written('web', 'external:443'),
      { from: 'web', to: 'external', protocol: 'tcp', destinationPort: 443 },
    ],
    [
      'hopwire trace web external:198.51.100.7:443',
      written('web', 'external:198.51.100.7:443'),
      { from: 'web', to: 'external:198.51.100.7', protocol: 'tcp', destinationPort: 443 },
    ],
    ['hopwire trace web fd00::80', written('web', 'fd00::80'), { from: 'web', to: 'fd00::80', protocol: 'icmp' }],
    [
      'hopwire trace web [fd00::80]:443',
      written('web', '[fd00::80]:443'),
      { from: 'web', to: 'fd00::80', protocol: 'tcp', destinationPort: 443 },
    ],
    [
      'hopwire trace web external:[fd00::1]:443',
      written('web', 'external:[fd00::1]:443'),
      { from: 'web', to: 'external:fd00::1', protocol: 'tcp', destinationPort: 443 },
    ],
  ])('%s', (_line, given, flow) => {
    expect(buildFlow(given, OPTION_NAMES)).toEqual({ ok: true, flow })
  })

  test.each([
    [
      'hopwire trace web db --proto tcp',
      written('web', 'db', { protocol: 'tcp' }),
      'protocol',
      '--proto tcp needs a port: --port N, or TO:N',
    ],
    [
      'hopwire trace web db --proto gre',
      written('web', 'db', { protocol: 'gre' }),
      'protocol',
      '--proto "gre" is not one of icmp, tcp, udp',
    ],
    [
      'hopwire trace web db:80 --proto icmp',
      written('web', 'db:80', { protocol: 'icmp' }),
      'protocol',
      '--proto icmp has no ports, but port 80 was given',
    ],
    [
      'hopwire trace web db --port 65536',
      written('web', 'db', { port: '65536' }),
      'port',
      '--port: "65536" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web db --port 0',
      written('web', 'db', { port: '0' }),
      'port',
      '--port: "0" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web db --port 8e1',
      written('web', 'db', { port: '8e1' }),
      'port',
      '--port: "8e1" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web db --port http',
      written('web', 'db', { port: 'http' }),
      'port',
      '--port: "http" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web db:99999',
      written('web', 'db:99999'),
      'to',
      'port in TO "db:99999": "99999" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web db:',
      written('web', 'db:'),
      'to',
      'port in TO "db:": "" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web db:80 --port 81',
      written('web', 'db:80', { port: '81' }),
      'port',
      '--port 81 contradicts "db:80"; give the port once',
    ],
    [
      'hopwire trace web:1 db:80 --source-port 2',
      written('web:1', 'db:80', { sourcePort: '2' }),
      'sourcePort',
      '--source-port 2 contradicts "web:1"; give the port once',
    ],
    [
      'hopwire trace web http://db/',
      written('web', 'http://db/'),
      'to',
      'port in TO "http://db/": "//db/" is not a whole number from 1 to 65535',
    ],
    [
      'hopwire trace web 10.0.0.0/8',
      written('web', '10.0.0.0/8'),
      'to',
      'TO: "10.0.0.0/8" is not a container, host, external, an IP address or a DNS name',
    ],
    [
      'hopwire trace "" db',
      written('', 'db'),
      'from',
      'FROM is empty; give a container, host, external, an IP address or a DNS name',
    ],
    [
      'hopwire trace external:lan db',
      written('external:lan', 'db'),
      'from',
      'FROM: "external:lan" must be external:IP or external:PORT, and "lan" is neither',
    ],
    ['hopwire trace web [db]:80', written('web', '[db]:80'), 'to', 'TO: "db" in "[db]:80" is not an IPv6 address'],
  ])('%s is refused', (_line, given, field, problem) => {
    expect(buildFlow(given, OPTION_NAMES)).toEqual({ ok: false, field, problem })
  })
})
