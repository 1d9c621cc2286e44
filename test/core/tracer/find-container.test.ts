import { describe, expect, it } from 'vitest'
import type { Container } from '../../../src/core/host/container.ts'
import { findContainer } from '../../../src/core/tracer/find-container.ts'
import { prepareHost } from '../../../src/core/tracer/prepare-host.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { standardHost } from '../../support/scene.ts'

const host = standardHost(RULES_20)
const [first] = host.containers
if (first === undefined) throw new Error('the standard host has containers')

function named(name: string, project: string, service: string, number: number): Container {
  const labels = {
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': String(number),
  }
  return { ...(first as Container), name, id: name.padEnd(64, '0'), labels }
}

const find = (containers: readonly Container[], name: string): string | null =>
  findContainer(prepareHost({ ...host, containers }), name)?.name ?? null

describe('a container by the service that it is of', () => {
  const project = [named('p-web-2', 'p', 'web', 2), named('p-web-10', 'p', 'web', 10), named('p-web-1', 'p', 'web', 1)]

  it('is the first one of the service', () => {
    expect(find(project, 'web')).toBe('p-web-1')
    expect(find(project, 'p-web-10')).toBe('p-web-10')
  })

  it('is none where two projects have a service of that name', () => {
    expect(find([...project, named('q-web-1', 'q', 'web', 1)], 'web')).toBeNull()
  })

  it('is not taken where a container has that name itself', () => {
    expect(find([...project, named('web', 'q', 'other', 1)], 'web')).toBe('web')
  })
})
