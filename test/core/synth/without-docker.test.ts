import { expect, test } from 'vitest'
import { addNetwork } from '../../../src/core/synth/scene/edit-scene.ts'
import type { Scene } from '../../../src/core/synth/scene/scene.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'

const BARE: Scene = {
  schema: 'hopwire.scene/1',
  name: 'bare',
  engine: { generation: 28, installed: false },
  host: { nics: [{ name: 'ens5', addresses: ['192.0.2.10/24'], routes: [{ to: 'default', via: '192.0.2.1' }] }] },
  networks: [],
  containers: [],
}

test('a host without Docker has its cards and nothing of Docker', () => {
  const made = makeSceneHost(BARE, 'bare')
  if (!made.ok) throw new Error(made.failure.message)
  const [host, ...others] = made.value.namespaces
  expect(others).toEqual([])
  expect(host?.interfaces.map(({ name }) => name)).toEqual(['lo', 'ens5'])
  expect(host?.rulesets.iptables).toEqual([])
  expect(host?.sysctls['ipv4/ip_forward']).toBe('0')
  expect(made.value.engine.name).toBe('none')
  expect(made.value.networks).toEqual([])
  const traced = traceFlow(made.value, { from: 'host', to: '203.0.113.80', protocol: 'icmp' })
  expect(traced.ok && traced.report.disposition).toBe('leaves-host')
})

test('what needs Docker is refused as the command line refuses it', () => {
  const added = addNetwork(BARE, { name: 'my-net' })
  expect(added).toMatchObject({ ok: false, message: expect.stringContaining('Cannot connect to the Docker daemon') })
})
