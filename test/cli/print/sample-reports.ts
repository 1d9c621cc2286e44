import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { exchange, hop, packet, READ, report, rule, segment, trace } from './make-report.ts'

const C1 = '172.17.0.2'
const HOST = '198.51.100.10'
const SITE = '203.0.113.80'
const MASQUERADE = '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'
const ISOLATION = '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP'

/** `ping facebook.com` in c1 on docker0. */
// oxlint-disable-next-line eslint/max-lines-per-function -- one report, written out
export function internetReport(): TraceReport {
  const request = packet(C1, SITE)
  const out = packet(HOST, SITE, { ttl: 63 })
  const answer = packet(SITE, HOST, { icmp: { type: 0, code: 0, id: 1, sequence: 0 } })
  const back = { ...answer, dst: C1, ttl: 63 }
  const forward = trace(
    'leaves-host',
    'It leaves by ens5 towards 198.51.100.1.',
    hop(
      'container:c1 eth0',
      'veth',
      request,
      ['out'],
      { kind: 'originate', packet: request, by: 'ping', ...READ },
      {
        kind: 'route',
        decision: 'forward',
        table: 'main',
        route: 'default via 172.17.0.1 dev eth0',
        via: '172.17.0.1',
        device: 'eth0',
        ...READ,
      },
      { kind: 'cross', device: 'eth0', toNetns: 'host', toDevice: 'veth1a2b3c4', ...READ },
    ),
    hop('host veth1a2b3c4', 'veth', request, ['in']),
    hop(
      'host docker0',
      'bridge',
      request,
      ['in'],
      rule('nat', 'PREROUTING', '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER', 'jump'),
      {
        kind: 'route',
        decision: 'forward',
        table: 'main',
        route: 'default via 198.51.100.1 dev ens5',
        via: '198.51.100.1',
        device: 'ens5',
        ...READ,
      },
      rule('filter', 'FORWARD', '-A FORWARD -j DOCKER-USER', 'jump', {
        tried: [{ rule: '-A FORWARD -i lo -j ACCEPT', failed: 'the packet came in by docker0' }],
      }),
      rule('filter', 'FORWARD', '-A DOCKER-FORWARD -i docker0 -j ACCEPT', 'accept'),
      rule('nat', 'POSTROUTING', MASQUERADE, 'masquerade', { diff: [{ field: 'ip.src', before: C1, after: HOST }] }),
    ),
    hop('host ens5', 'nic', out, ['out']),
    hop('external', 'external', { ...out, ttl: 62 }, [], {
      kind: 'deliver',
      to: 'kernel',
      socket: null,
      process: null,
      ...READ,
      evidence: { basis: 'assumed', note: 'that machine answers' },
      why: 'the addressed machine takes it',
    }),
  )
  const reply = trace(
    'delivered',
    'The kernel of c1 takes the echo reply.',
    hop('external', 'external', answer, []),
    hop('host ens5', 'nic', { ...answer, ttl: 62 }, ['in'], {
      kind: 'conntrack',
      state: 'established',
      action: 'translate',
      entry: `icmp ${C1} > ${SITE} id 1`,
      ...READ,
      diff: [{ field: 'ip.dst', before: HOST, after: C1 }],
    }),
    hop(
      'host docker0',
      'bridge',
      back,
      ['out'],
      rule(
        'filter',
        'FORWARD',
        '-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
        'accept',
      ),
    ),
    hop('host veth1a2b3c4', 'veth', back, ['out']),
    hop('container:c1 eth0', 'veth', back, ['in']),
  )
  const dns = exchange(
    'DNS facebook.com',
    'dns',
    trace('leaves-host', '', hop('container:c1 eth0', 'veth', request, ['out']), hop('host ens5', 'nic', out, ['out'])),
    trace('delivered', '', hop('container:c1 eth0', 'veth', back, ['in'])),
    false,
  )
  const arp = exchange(
    'ARP 172.17.0.1',
    'arp',
    trace(
      'delivered',
      '',
      hop('container:c1 eth0', 'veth', packet(C1, '172.17.0.1', { protocol: 'arp', arp: 'request' }), ['out']),
      hop('host docker0', 'bridge', request, ['in']),
    ),
    trace('delivered', '', hop('container:c1 eth0', 'veth', request, ['in'])),
    false,
  )
  const flow = { from: 'c1', to: 'facebook.com', protocol: 'icmp' } as const
  return report(
    flow,
    [dns, arp, exchange('ICMP echo', 'icmp', forward, reply)],
    ['external machines are assumed to answer'],
  )
}

/** A ping from docker0 to a user network: isolation drops it. */
export function droppedReport(): TraceReport {
  const request = packet('172.18.0.3', C1)
  const forward = trace(
    'dropped',
    'Docker keeps bridge networks apart: the rule drops what goes from another bridge to docker0.',
    hop('container:a-service-with-quite-a-long-name-1 eth0', 'veth', request, ['out']),
    hop('host veth99ffee0', 'veth', request, ['in']),
    hop(
      'host br-0123456789ab',
      'bridge',
      request,
      ['in'],
      rule(
        'filter',
        'FORWARD',
        '-A DOCKER-ISOLATION-STAGE-1 -i br-0123456789ab ! -o br-0123456789ab -j DOCKER-ISOLATION-STAGE-2',
        'jump',
      ),
      rule('filter', 'FORWARD', ISOLATION, 'drop'),
      { kind: 'drop', reason: 'NETFILTER_DROP', ...READ, why: 'a rule drops it' },
    ),
  )
  const flow = { from: 'a-service-with-quite-a-long-name-1', to: 'c1', protocol: 'icmp' } as const
  return report(flow, [exchange('ICMP echo', 'icmp', forward, null)])
}

/** A SYN from the LAN to a published port. */
export function publishedReport(): TraceReport {
  const [client, port] = ['198.51.100.1', 40000] as const
  const syn = segment(client, port, HOST, 8080, ['syn'])
  const inside = segment(client, port, '172.18.0.3', 80, ['syn'], 63)
  const ack = segment('172.18.0.3', 80, client, port, ['syn', 'ack'])
  const outside = segment(HOST, 8080, client, port, ['syn', 'ack'], 63)
  const diff = [
    { field: 'ip.dst', before: HOST, after: '172.18.0.3' },
    { field: 'tcp.dstport', before: '8080', after: '80' },
  ]
  const forward = trace(
    'delivered',
    'The socket that listens on 0.0.0.0:80 in b1 takes it.',
    hop('external', 'external', syn, []),
    hop(
      'host ens5',
      'nic',
      syn,
      ['in'],
      rule(
        'nat',
        'PREROUTING',
        '-A DOCKER ! -i br-b -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.18.0.3:80',
        'dnat',
        { diff },
      ),
    ),
    hop('host br-b', 'bridge', inside, ['out']),
    hop('host veth5', 'veth', inside, ['out']),
    hop('container:b1 eth0', 'veth', inside, ['in'], {
      kind: 'deliver',
      to: 'socket',
      socket: 'tcp LISTEN 0.0.0.0:80',
      process: 'httpd',
      ...READ,
    }),
  )
  const reply = trace(
    'leaves-host',
    'It leaves by ens5.',
    hop('container:b1 eth0', 'veth', ack, ['out']),
    hop('host br-b', 'bridge', ack, ['in']),
    hop('host ens5', 'nic', outside, ['out']),
  )
  const flow = { from: 'external', to: 'host', protocol: 'tcp', destinationPort: 8080 } as const
  return report(flow, [exchange('TCP SYN', 'tcp', forward, reply)])
}

/** A rule that cannot be evaluated. */
export function unsureReport(): TraceReport {
  const request = packet(C1, SITE)
  const what = '-A DOCKER-USER -m recent --update --seconds 60 --name seen --mask 255.255.255.255 --rsource -j DROP'
  const forward = trace(
    'cannot-tell',
    'The match "recent" is not evaluated, and everything else in its rule holds.',
    hop('container:c1 eth0', 'veth', request, ['out']),
    hop('host docker0', 'bridge', request, ['in'], {
      kind: 'unknown',
      what,
      ...READ,
      why: 'the match "recent" is not evaluated',
    }),
  )
  return report({ from: 'c1', to: SITE, protocol: 'icmp' }, [exchange('ICMP echo', 'icmp', forward, null)])
}
