import { describe, expect, it } from 'vitest'
import { answerTo, scene, stepsOf, table, tcp } from '../netfilter-scene.ts'

const SYN = tcp('10.0.0.1 40000', '10.0.0.2 80')

/** Each row: rules of table mangle, the mark that the packet leaves prerouting with. */
const MARKS: readonly (readonly [string, readonly string[], number])[] = [
  ['set', ['-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff'], 1],
  [
    'set under a mask',
    ['-A PREROUTING -j MARK --set-xmark 0xff/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x1/0x3'],
    0xfd,
  ],
  ['or', ['-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x4/0x4'], 5],
  ['and', ['-A PREROUTING -j MARK --set-xmark 0x7/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x0/0xfffffffb'], 4],
  ['xor', ['-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x4/0x0'], 1],
  ['the highest bit', ['-A PREROUTING -j MARK --set-xmark 0x80000000/0xffffffff'], 0x80000000],
]

describe('targets that change something and let the chain go on', () => {
  it.each(MARKS)('MARK: %s', (_title, rules, mark) => {
    const outcome = scene({ ip: table('mangle', rules) }).visit('prerouting', SYN, { inDevice: 'eth0' })
    expect(outcome.skb.mark).toBe(mark)
  })

  it('a mark is seen by the conditions after it', () => {
    const ip =
      table('mangle', ['-A PREROUTING -p tcp -j MARK --set-xmark 0x80000001/0xffffffff']) +
      table('filter', ['-A FORWARD -m mark --mark 0x80000000/0x80000000 -j DROP'])
    const host = scene({ ip })
    const { skb } = host.visit('prerouting', SYN, { inDevice: 'eth0' })
    expect(host.visit('forward', skb, { inDevice: 'eth0', outDevice: 'eth1' }).verdict).toBe('drop')
  })

  it('CONNMARK saves the mark of one packet and gives it to the answer', () => {
    const ip = table('mangle', [
      '-A PREROUTING -i eth0 -j MARK --set-xmark 0x2a/0xffffffff',
      '-A PREROUTING -i eth0 -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      '-A PREROUTING -i eth1 -j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf',
    ])
    const host = scene({ ip })
    const sent = host.visit('prerouting', SYN, { inDevice: 'eth0' })
    host.visit('postrouting', sent.skb, { outDevice: 'eth1' })
    const back = host.visit('prerouting', answerTo(SYN), { inDevice: 'eth1' })
    expect([sent.skb.mark, back.skb.mark]).toEqual([0x2a, 0xa])
    expect(stepsOf(sent, 'rule').map((step) => step.diff[0]?.field)).toEqual(['skb.mark', 'ct.mark'])
  })

  it.each([
    ['-A PREROUTING -j TTL --ttl-set 12', 'ip.ttl', '12'],
    ['-A PREROUTING -j TTL --ttl-dec 100', 'ip.ttl', '0'],
    ['-A PREROUTING -j TOS --set-tos 0x10/0xff', 'ip.dsfield', '16'],
    ['-A PREROUTING -j DSCP --set-dscp 0x2e', 'ip.dsfield', '184'],
  ])('%s', (rule, field, after) => {
    const outcome = scene({ ip: table('mangle', [rule]) }).visit('prerouting', SYN, { inDevice: 'eth0' })
    expect(stepsOf(outcome, 'rule')[0]).toMatchObject({ verdict: 'continue', diff: [{ field, after }] })
  })

  it.each([
    '-A FORWARD -j LOG --log-prefix "[x] "',
    '-A FORWARD -j NFLOG --nflog-group 3',
    '-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    '-A FORWARD -j CLASSIFY --set-class 0001:0001',
    '-A FORWARD -p udp -j CHECKSUM --checksum-fill',
  ])('%s changes no packet', (rule) => {
    const outcome = scene({ ip: table('mangle', [rule]) }).visit('forward', SYN, {
      inDevice: 'eth0',
      outDevice: 'eth1',
    })
    expect([outcome.verdict, outcome.skb.packet]).toEqual(['accept', SYN])
  })
})
