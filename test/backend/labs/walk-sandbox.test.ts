import { afterEach, beforeEach, expect, test } from 'vitest'
import { listLabIds } from '../../../src/backend/labs/lab-files.ts'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createSandboxSource } from '../../../src/backend/sources/sandbox-source.ts'
import { call, walkLab } from './walk-lab.ts'

let service: BackendService
beforeEach(() => {
  service = createService({ source: createSandboxSource('isolation'), version: 'test', reading: 'fresh' })
})
afterEach(() => service.close())

test.each(listLabIds())('%s', async (lab) => {
  const before = await call(service, 'hostState', {})
  await walkLab(service, lab, 'sandbox')
  await call(service, 'endLab', {})
  expect(await call(service, 'labState', {})).toBeNull()
  const after = await call(service, 'hostState', {})
  expect(after?.state).toEqual(before?.state ?? after?.state)
  expect(after?.state.containers.map(({ name }) => name)).not.toContain('container1')
})
