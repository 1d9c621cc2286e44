import { describe, it } from 'vitest'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { on, type Setup } from './support/plan.ts'

const LAN = '198.51.100.200'
const modes =
  (mode: string) =>
  (generation: '20' | '28'): Setup => ({
    generation,
    networks: [
      {
        name: 'ref-mac',
        args: [
          ...['-d', 'macvlan', '--subnet', '198.51.100.0/24', '--gateway', '198.51.100.1'],
          ...['-o', 'parent=ens5', '-o', `macvlan_mode=${mode}`],
        ],
      },
    ],
    containers: [
      on('ref-mac', 'm1', '198.51.100.150', { tcp: [80] }),
      // Docker lets a second container onto a passthru network, and the kernel does not.
      ...(mode === 'passthru' ? [] : [on('ref-mac', 'm2', '198.51.100.151')]),
    ],
  })

describe.each(['private', 'vepa'])('macvlan in mode %s', (mode) => {
  describeLive(mode, modes(mode), (stage) => {
    it('m1 and m2 do not reach each other, nor the host; both reach what is outside', async () => {
      const lost = { outcome: 'unreachable 3/1 from 198.51.100.150', disposition: 'neighbor-unreachable' } as const
      // The kernel may still be asking since the neighbours were warmed up: no request of its own then tells to wait.
      const patient = { timeoutMs: 4500 }
      agree(await stage().ask('m1', '198.51.100.151', patient), lost)
      agree(await stage().ask('m1', stage().engine.address, patient), lost)
      agree(await stage().ask('m1', LAN), { outcome: 'reply', noRules: [/^host/] })
      agree(await stage().ask('client', '198.51.100.151'), { outcome: 'reply', noRules: [/^host/] })
    })
  })
})

describeLive('macvlan in mode passthru', modes('passthru'), (stage) => {
  it('m1 has all that comes in, so that the host hears nobody', async () => {
    agree(await stage().ask('m1', LAN), { outcome: 'reply', noRules: [/^host/] })
    agree(await stage().ask('client', '198.51.100.150', { tcp: 80 }), { outcome: 'reply', noRules: [/^host/] })
  })
})
