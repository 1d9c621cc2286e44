import { it } from 'vitest'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { net, on, type Setup } from './support/plan.ts'

const OUT = '203.0.113.80'
const A1 = '172.30.1.11'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [net('ref-a', 'ref-brA', 1), net('ref-b', 'ref-brB', 2)],
  containers: [on('ref-a', 'a1', A1), on('ref-b', 'b1', '172.30.2.11', { args: ['-p', '18080:80'], tcp: [80] })],
})

describeLive('I: firewall managers and ordering', setup, (stage, generation) => {
  const nic = (): string => stage().engine.address
  /** Native tables, in the order in which they are registered. */
  const withTables = (tables: readonly string[], work: () => Promise<void>): Promise<void> =>
    stage().during(
      tables.map((table, index) => `nft "table inet t${index} { ${table}; }"`),
      tables.map((_, index) => `nft delete table inet t${index}`),
      work,
    )
  const forward = (priority: string, rules: string): string =>
    `chain c { type filter hook forward priority ${priority}; policy accept; ${rules}; }`

  it('I1 [O cmdlog] two base chains of one priority: the last one registered judges first', async () => {
    // Only the one that is asked first sees the mark of 0.
    const both = [forward('-5', 'meta mark 0 meta mark set 1'), forward('-5', 'meta mark 0 drop')]
    await withTables(both, async () => {
      agree(await stage().ask('a1', OUT), { outcome: 'silence', disposition: 'dropped' })
    })
    await withTables([...both].reverse(), async () => {
      agree(await stage().ask('a1', OUT), { outcome: 'reply', disposition: 'leaves-host' })
    })
  })

  it('I2 [O cmdlog] an accept of Docker does not save from a drop at +10, as firewalld has it', async () => {
    await withTables([forward('filter + 10', `ip saddr ${A1} drop`)], async () => {
      const accept = generation === '20' ? /-i ref-brA ! -o ref-brA -j ACCEPT/ : /-i ref-brA -j ACCEPT/
      agree(await stage().ask('a1', OUT), { outcome: 'silence', disposition: 'dropped', rules: [accept] })
    })
  })

  it('I3 [O cmdlog] an accept at -10 does not save from a drop of Docker at 0', async () => {
    const rule = `DOCKER-USER -s ${A1} -j DROP`
    await withTables([forward('-10', `ip saddr ${A1} accept`)], () =>
      stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
        agree(await stage().ask('a1', OUT), {
          outcome: 'silence',
          disposition: 'dropped',
          rules: [/DOCKER-USER -s .* DROP/],
        })
      }),
    )
  })

  it('I4 [O cmdlog] rules of iptables-legacy apply beside those of iptables-nft', async () => {
    const legacy = `iptables-legacy -t filter -A FORWARD -s ${A1} -d ${OUT} -j DROP`
    await stage().during([legacy], [legacy.replace(' -A ', ' -D ')], async () => {
      const seen = await stage().ask('a1', OUT)
      // The counters that are compared are those of iptables-nft.
      const predicted = {
        ...seen.predicted,
        rules: seen.predicted.rules.filter(({ rule }) => !rule.includes(`-d ${OUT}`)),
      }
      const disagreements = seen.disagreements.filter(
        ({ about }) => about !== 'rules' || JSON.stringify(predicted.rules) !== JSON.stringify(seen.truth.rules),
      )
      agree(
        { ...seen, disagreements: disagreements.filter(({ about }) => about !== 'rules') },
        { outcome: 'silence', disposition: 'dropped' },
      )
    })
  })

  it('I5 [O L11b] REJECT in FORWARD whose ICMP error OUTPUT drops: silence', async () => {
    const rules = [`DOCKER-USER -s ${A1} -p udp -j REJECT`, `OUTPUT -d ${A1} -p icmp -j DROP`]
    await stage().during(
      rules.map((rule) => `iptables -I ${rule}`),
      rules.map((rule) => `iptables -D ${rule}`),
      async () => {
        agree(await stage().ask('a1', OUT, { udp: 7 }), {
          outcome: 'silence',
          disposition: 'rejected',
          rules: [/DOCKER-USER .* REJECT/, /OUTPUT .* DROP/],
        })
      },
    )
  })

  it('I6 [O L14] notrack for a published port: no DNAT, it goes to INPUT and docker-proxy', async () => {
    const rule = 'PREROUTING -p tcp --dport 18080 -j CT --notrack'
    await stage().during([`iptables -t raw -I ${rule}`], [`iptables -t raw -D ${rule}`], async () => {
      agree(await stage().ask('client', nic(), { tcp: 18080 }), {
        outcome: 'reply',
        connection: 'reply',
        rules: [/notrack/],
        noRules: [/DNAT/, /FORWARD/],
      })
    })
  })

  it('I7 [K] a mark chooses the route: from PREROUTING for forwarded packets, from OUTPUT for local ones', async () => {
    const mark = '-j MARK --set-mark 7'
    const marks = (verb: string): string[] => [
      `iptables -t mangle -${verb} PREROUTING -s ${A1} ${mark}`,
      `iptables -t mangle -${verb} OUTPUT -d 203.0.113.53 ${mark}`,
    ]
    const rule = 'fwmark 7 lookup 77 priority 100'
    const route = ['ip route add unreachable default table 77', `ip rule add ${rule}`]
    const undo = [`ip rule del ${rule}`, 'ip route flush table 77']
    await stage().during([...marks('A'), ...route], [...marks('D'), ...undo], async () => {
      agree(await stage().ask('a1', OUT), {
        outcome: 'unreachable 3/1 from 172.30.1.1',
        disposition: 'no-route',
        rules: [/--set-xmark 0x7/],
      })
      agree(await stage().ask('host', '203.0.113.53'), {
        outcome: 'error EHOSTUNREACH',
        disposition: 'no-route',
        rules: [/--set-xmark 0x7/],
      })
    })
    const filter = `OUTPUT -d 203.0.113.53 ${mark}`
    await stage().during(
      [`iptables -A ${filter}`, `iptables -t raw -A ${filter}`, ...route],
      [`iptables -D ${filter}`, `iptables -t raw -D ${filter}`, ...undo],
      async () => {
        // Only mangle has local packets routed again.
        agree(await stage().ask('host', '203.0.113.53'), {
          outcome: 'reply',
          disposition: 'leaves-host',
          rules: [/filter OUTPUT: .*--set-xmark 0x7/, /raw OUTPUT: .*--set-xmark 0x7/],
        })
      },
    )
    const late = `FORWARD -s ${A1} ${mark}`
    await stage().during(
      [`iptables -t mangle -A ${late}`, ...route],
      [`iptables -t mangle -D ${late}`, ...undo],
      async () => {
        agree(await stage().ask('a1', OUT), { outcome: 'reply', disposition: 'leaves-host', rules: [/mangle FORWARD/] })
      },
    )
  })
})
