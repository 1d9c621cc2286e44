import { describe, expect, it } from 'vitest'
import { parseSockets } from '../../../src/core/parse/sockets.ts'

const proxy =
  '/usr/sbin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.4 -container-port 80'
const cmdlines = new Map([[991, proxy.split(' ')]])
const parse = (line: string) => parseSockets(line, cmdlines).value[0]

/** Lines of `ss -HOnltup` (iproute2 6.15). */
describe('parseSockets', () => {
  it.each([
    [
      'tcp LISTEN 0      4096     0.0.0.0:8080 0.0.0.0:* users:(("docker-proxy",pid=991,fd=7))',
      { protocol: 'tcp', family: 4, address: '0.0.0.0', port: 8080, proxyTo: { address: '172.17.0.4', port: 80 } },
    ],
    [
      'udp UNCONN 0      0           [::]:9999     [::]:*    users:(("echo",pid=4,fd=3))',
      { protocol: 'udp', family: 6, address: '::', ipv6Only: true, process: { name: 'echo', pid: 4 }, proxyTo: null },
    ],
    [
      'tcp LISTEN 0      4096            *:80            *:*',
      { family: 6, address: '::', ipv6Only: false, process: null, port: 80 },
    ],
    [
      'udp UNCONN 0      0      127.0.0.53%lo:53   0.0.0.0:*',
      { address: '127.0.0.53', device: 'lo', port: 53, family: 4 },
    ],
    [
      'tcp LISTEN 0 128 0.0.0.0:77 0.0.0.0:* users:(("a (b) c"x",pid=25,fd=6))',
      { port: 77, process: { name: 'a (b) c"x', pid: 25 } },
    ],
    ['udp UNCONN 0 0 [fe80::1]%ens5:546 [::]:*', { address: 'fe80::1', device: 'ens5', port: 546, ipv6Only: false }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject(expected)
  })

  it('says which line it cannot read', () => {
    expect(parseSockets('tcp LISTEN 0 1 0.0.0.0:1 0.0.0.0:*\nwhat is this', cmdlines)).toMatchObject({
      value: [{ port: 1 }],
      problems: [{ line: 2 }],
    })
  })
})
