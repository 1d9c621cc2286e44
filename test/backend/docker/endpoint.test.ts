import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDockerHost, resolveEndpoint } from '../../../src/backend/docker/endpoint.ts'

let home = ''
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'hopwire-home-'))))
afterEach(() => rmSync(home, { recursive: true }))

function addContext(name: string, host: string, ca?: string): void {
  const digest = createHash('sha256').update(name).digest('hex')
  const meta = join(home, '.docker/contexts/meta', digest)
  mkdirSync(meta, { recursive: true })
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }))
  if (ca === undefined) return
  const tls = join(home, '.docker/contexts/tls', digest, 'docker')
  mkdirSync(tls, { recursive: true })
  writeFileSync(join(tls, 'ca.pem'), ca)
}

function useContext(name: string): void {
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }))
}

describe('parseDockerHost', () => {
  it.each([
    ['unix:///run/x.sock', { kind: 'socket', path: '/run/x.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['tcp://10.0.0.1', { kind: 'tcp', host: '10.0.0.1', port: 2375, tls: null }],
    ['10.0.0.1:4000', { kind: 'tcp', host: '10.0.0.1', port: 4000 }],
    ['tcp://[2001:db8::1]:2375', { kind: 'tcp', host: '2001:db8::1' }],
    ['https://docker.example', { kind: 'tcp', port: 2376, tls: { ca: null, cert: null, key: null } }],
    ['ssh://me@docker.example', { kind: 'ssh', host: 'docker.example', port: 22, user: 'me' }],
  ])('%s', (text, endpoint) => {
    expect(parseDockerHost(text)).toMatchObject({ ok: true, value: { ...endpoint, label: text } })
  })

  it.each(['', 'ftp://x', 'tcp://', 'unix://'])('refuses %j in one line', (text) => {
    const parsed = parseDockerHost(text)
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'engine-unreachable' } })
    expect(JSON.stringify(parsed)).not.toContain('\\n')
  })
})

describe('resolveEndpoint', () => {
  it('follows the order of the docker command', () => {
    addContext('far', 'tcp://198.51.100.1:1')
    addContext('near', 'tcp://198.51.100.2:2')
    useContext('near')
    const env = { HOME: home, DOCKER_HOST: 'tcp://198.51.100.3:3', DOCKER_CONTEXT: 'far' }
    const labelOf = (choice: object, environment: Record<string, string>) => {
      const found = resolveEndpoint(choice, environment)
      return found.ok ? found.value.label : found.failure.message
    }
    expect(labelOf({ dockerHost: 'tcp://198.51.100.9:9', context: 'far' }, env)).toBe('tcp://198.51.100.9:9')
    expect(labelOf({ context: 'near' }, env)).toBe('tcp://198.51.100.2:2')
    expect(labelOf({}, env)).toBe('tcp://198.51.100.3:3')
    expect(labelOf({}, { HOME: home, DOCKER_CONTEXT: 'far' })).toBe('tcp://198.51.100.1:1')
    expect(labelOf({}, { HOME: home })).toBe('tcp://198.51.100.2:2')
  })

  it('takes the context’s certificates', () => {
    addContext('far', 'tcp://198.51.100.1:2376', 'the authority')
    expect(resolveEndpoint({ context: 'far' }, { HOME: home })).toMatchObject({
      ok: true,
      value: { kind: 'tcp', tls: { ca: 'the authority', cert: null } },
    })
  })

  it('says which context does not exist', () => {
    expect(resolveEndpoint({ context: 'nowhere' }, { HOME: home })).toMatchObject({
      ok: false,
      failure: { message: 'Docker context nowhere does not exist' },
    })
  })

  it('falls to the default socket without any configuration', () => {
    expect(resolveEndpoint({}, { HOME: home })).toMatchObject({ ok: true, value: { kind: 'socket' } })
  })
})
