import { expect, test } from 'vitest'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'

/** A lookup of one fixed address would find the LAN's own broadcast address in one of these. */
test.each(['192.0.2', '198.51.100', '203.0.113', '10.1.1'])('the machine outside is the router of %s.0/24', (lan) => {
  const nic = { name: 'ens5', addresses: [`${lan}.10/24`], routes: [{ to: 'default', via: `${lan}.1` }] }
  const engine = { generation: 28 } as const
  const scene = {
    schema: 'hopwire.scene/1',
    name: 'x',
    engine,
    host: { nics: [nic] },
    networks: [],
    containers: [],
  } as const
  const made = makeSceneHost(scene, 'x')
  if (!made.ok) throw new Error(made.failure.message)
  const traced = traceFlow(made.value, { from: 'external', to: 'host', protocol: 'icmp' })
  expect(traced).toMatchObject({ ok: true, report: { disposition: 'delivered' } })
  expect(traced.ok && traced.report.exchanges.at(-1)?.forward.hops[0]?.packet.src).toBe(`${lan}.1`)
})
