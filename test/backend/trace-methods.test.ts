import { expect, onTestFinished, test } from 'vitest'
import { createService } from '../../src/backend/service.ts'
import { nameBasis } from '../../src/core/host/name-basis.ts'
import { createCanceller } from '../../src/protocol/cancel-signal.ts'
import { createScriptedSource, readStandardHost } from '../support/scripted-source.ts'

const host = readStandardHost()
const context = { signal: createCanceller().signal }

test('a trace tells what it was made on, under a name that the state has on the other side of a connection, too', async () => {
  const source = createScriptedSource('docker', host)
  const service = createService({ source, version: '9.9.9', reading: 'once' })
  onTestFinished(() => service.close())
  const flow = { from: 'c1', to: 'c2', protocol: 'icmp' } as const
  const trace = () => service.methods.trace({ flow, tried: false }, context)
  const before = await trace()
  source.next = async () => ({ ok: true, value: { ...host, containers: host.containers.slice(1) } })
  await service.methods.refresh({}, context)
  const after = await trace()
  const held = await service.methods.hostState({}, context)
  if (!before.ok || !after.ok || !held.ok) throw new Error('no trace')
  const { revision, state } = JSON.parse(JSON.stringify(held.value)) as { revision: number; state: typeof host }
  expect(after.value).toMatchObject({ revision, basis: nameBasis(state) })
  expect(before.value).toMatchObject({ revision: revision - 1, basis: nameBasis(host) })
  expect(after.value.basis).not.toBe(before.value.basis)
})
