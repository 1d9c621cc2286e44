import { expect, it } from 'vitest'
import { busyboxImage } from '../lab/index.ts'
import { agree } from './support/agree.ts'
import { describeLive } from './support/describe-live.ts'
import { addressOf, on, type Setup } from './support/plan.ts'

const OUT = '203.0.113.80'
const service = ['--no-resolve-image', '--name', 'web', '-p', '18099:80', busyboxImage]

/** A swarm of one node. Tasks have eth0 in the overlay and eth1 on docker_gwbridge. */
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  first: [['swarm', 'init', '--advertise-addr', addressOf(generation)]],
  networks: [{ name: 'ref-ov', args: ['-d', 'overlay', '--attachable', '--subnet', '10.50.1.0/24'] }],
  containers: [on('ref-ov', 't1', '10.50.1.11'), on('ref-ov', 't2', '10.50.1.12', { tcp: [80] })],
  last: [['service', 'create', '-d', ...service, 'busybox', 'httpd', '-f', '-p', '80']],
})

describeLive('H: swarm', setup, (stage) => {
  const nic = (): string => stage().engine.address

  it('H1 [O ns dump] a peer of the overlay on the same node: nothing on the host, whose state does not tell the way', async () => {
    const seen = await stage().ask('t1', '10.50.1.12')
    expect(seen.truth.outcome).toBe('reply')
    expect(seen.truth.frames.map(({ netns }) => netns)).not.toContain('host')
    expect(seen.decided).toBe(false)
    expect(seen.report.reason).toMatch(/eth0 is in no namespace that was read/)
  })

  it('H2 [S flags] a peer that the overlay does not know: nobody answers ARP', async () => {
    const seen = await stage().ask('t1', '10.50.1.99')
    expect(seen.truth.outcome).toBe('unreachable 3/1 from 10.50.1.11')
    expect(seen.decided).toBe(false)
    expect(seen.report.reason).toMatch(/10\.50\.1\.99/)
  })

  it('H5 [O routes] a task to outside: by docker_gwbridge, masqueraded', async () => {
    agree(await stage().ask('t1', OUT), {
      outcome: 'reply',
      disposition: 'leaves-host',
      rules: [/-s 172.18.0.0\/16 ! -o docker_gwbridge -j MASQUERADE/],
      frames: [new RegExp(`host ens5 out icmp ${nic()} > ${OUT} .* ttl 63`)],
    })
  })

  it('H6 [O gwbridge rules] task to task over docker_gwbridge: dropped, as with icc=false', async () => {
    const t2 = stage()
      .state()
      .namespaces.find(({ name }) => name === 'container:t2')
      ?.interfaces.find(({ name }) => name === 'eth1')?.addresses[0]?.address
    agree(await stage().ask('t1', t2 ?? ''), {
      outcome: 'silence',
      disposition: 'dropped',
      rules: [/-i docker_gwbridge -o docker_gwbridge -j DROP/],
      noFrames: [/container:t2/],
    })
  })

  it('H7 [O log] IPVS is missing: the port of a service is published but dead', async () => {
    await stage().refresh()
    agree(await stage().ask('client', nic(), { tcp: 18099 }), { outcome: 'refused', disposition: 'nothing-listening' })
  })
})
