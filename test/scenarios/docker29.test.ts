import { expect, it } from 'vitest'
import { run } from '../lab/run-command.ts'
import { agree, type Verdict } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { iptables29, NFTABLES_29, NO_IPTABLES } from './support/docker29-rules.ts'
import { net, on, type Setup } from './support/plan.ts'
import type { Stage } from './support/stage.ts'

/**
 * No Docker 29 runs here. Its rules, as they were observed on one, are laid over the bridges of a 28: what the kernel makes
 * of them is real.
 */
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [
    net('ref-a', 'ref-brA', 1),
    net('ref-b', 'ref-brB', 2),
    net('ref-i', 'ref-brI', 3, '--internal'),
    net('ref-n', 'ref-brN', 6, '-o', 'com.docker.network.bridge.enable_icc=false'),
  ],
  containers: [
    on('ref-a', 'a1', '172.30.1.11'),
    on('ref-a', 'a2', '172.30.1.12'),
    on('ref-b', 'b1', '172.30.2.11', { args: ['-p', '18080:80'], tcp: [80] }),
    on('ref-i', 'i1', '172.30.3.11'),
    on('ref-n', 'n1', '172.30.6.11'),
    on('ref-n', 'n2', '172.30.6.12'),
  ],
})

/** Puts those rules in place of Docker's for the time of `work`. */
async function withRules(stage: Stage, iptables: string, nft: string, work: () => Promise<void>): Promise<void> {
  const enter = ['nsenter', `--net=${stage.path('host')}`]
  const saved = await run([...enter, 'iptables-save'])
  await run([...enter, 'iptables-restore'], { stdin: iptables })
  if (nft !== '') await run([...enter, 'nft', '-f', '-'], { stdin: nft })
  await stage.refresh()
  try {
    await work()
  } finally {
    if (nft !== '') await run([...enter, 'nft', 'delete', 'table', 'ip', 'docker-bridges'])
    await run([...enter, 'iptables-restore'], { stdin: saved })
    await stage.refresh()
  }
}

const dropped = (...rules: RegExp[]): Verdict => ({ outcome: 'silence', disposition: 'dropped', rules })
const nothingMatched = /^host ip /

describeLive(
  'Rules of Docker 29',
  setup,
  (stage) => {
    const nic = (): string => stage().engine.address
    const iptables = (work: () => Promise<void>, proxy = true): Promise<void> =>
      withRules(stage(), iptables29(proxy), '', work)
    const nftables = (work: () => Promise<void>): Promise<void> => withRules(stage(), NO_IPTABLES, NFTABLES_29, work)
    /** From another bridge: DNAT, forwarded, masqueraded. */
    const forwarded: Verdict = {
      outcome: 'reply',
      disposition: 'delivered',
      frames: [/container:b1 eth0 in tcp 172.30.2.1:\d+ > 172.30.2.11:80 ttl 63/],
    }
    const viaProxy: Verdict = {
      outcome: 'reply',
      connection: 'reply',
      noFrames: [/container:b1 eth0 in .* 172.30.2.11:80/],
    }

    it('B1, B3, B4, B5, A9, D1, D5, E6 [O v4, v7, d29ipt] iptables backend: isolation in raw, published ports by DNAT and MASQUERADE', async () => {
      await iptables(async () => {
        agree(
          await stage().ask('a1', '172.30.2.11'),
          dropped(/raw PREROUTING: -A PREROUTING -d 172.30.2.11\/32 ! -i ref-brB -j DROP/),
        )
        for (const to of [nic(), '172.30.1.1', '172.30.2.1'])
          agree(await stage().ask('a1', to, { tcp: 18080 }), {
            ...forwarded,
            rules: [
              /DNAT --to-destination 172.30.2.11:80/,
              /DOCKER -d 172.30.2.11\/32 .* --dport 80 -j ACCEPT/,
              /-s 172.30.1.0\/24 ! -o ref-brA -j MASQUERADE/,
            ],
          })
        agree(await stage().ask('n1', '172.30.6.12'), dropped(/DOCKER-FORWARD -i ref-brN -o ref-brN -j DROP/))
        agree(await stage().ask('client', nic(), { tcp: 18080 }), {
          outcome: 'reply',
          frames: [/container:b1 eth0 in tcp 198.51.100.201/],
        })
        agree(await stage().ask('b1', nic(), { tcp: 18080 }), { ...viaProxy, noRules: [/DNAT/] })
        agree(await stage().ask('a1', '172.30.3.11'), dropped(/DOCKER-INTERNAL ! -s 172.30.3.0\/24 -o ref-brI -j DROP/))
      })
    })

    it('B7 [derived from dumps] iptables backend without docker-proxy: the published port is accepted from another bridge', async () => {
      await iptables(async () => agree(await stage().ask('a1', nic(), { tcp: 18080 }), forwarded), false)
    })

    it('B1, B3, A1, A9, C1, D1, D5, E6 [O d29.nft] nftables backend: the same verdicts from native tables', async () => {
      await nftables(async () => {
        agree(await stage().ask('a1', '172.30.2.11'), dropped())
        agree(await stage().ask('a1', nic(), { tcp: 18080 }), { ...forwarded, noRules: [nothingMatched] })
        agree(await stage().ask('a1', '172.30.1.12'), { outcome: 'reply', disposition: 'delivered' })
        agree(await stage().ask('n1', '172.30.6.12'), dropped())
        agree(await stage().ask('a1', '203.0.113.80'), {
          outcome: 'reply',
          frames: [new RegExp(`ens5 out icmp ${nic()}`)],
        })
        agree(await stage().ask('client', nic(), { tcp: 18080 }), {
          outcome: 'reply',
          frames: [/container:b1 eth0 in tcp 198.51.100.201/],
        })
        agree(await stage().ask('b1', nic(), { tcp: 18080 }), viaProxy)
        agree(await stage().ask('a1', '172.30.3.11'), dropped())
      })
      expect(await stage().engine.nsenter(['nft', 'list', 'tables'])).not.toContain('docker-bridges')
    })
  },
  ['28'],
)
