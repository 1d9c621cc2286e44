import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../src/backend/docker/engine-error.ts'

/** What Node itself says of a socket that is not there. */
function noSocket(): Promise<unknown> {
  return new Promise((done) => connect('/nowhere/docker.sock').on('error', done))
}

describe('failures of an engine', () => {
  it('is away where its socket is not there', async () => {
    const { code, message } = failureOf(await noSocket(), 'unix:///nowhere/docker.sock')
    expect(code).toBe('engine-unreachable')
    expect(message).toContain('there is no such socket')
  })

  it('is not away where a file of Hopwire is', async () => {
    const missing = await readFile('/nowhere/read-state.sh').catch((error: unknown) => error)
    const { code, message } = failureOf(missing, 'unix:///run/docker.sock')
    expect(code).toBe('internal')
    expect(message).toContain('/nowhere/read-state.sh')
  })
})
