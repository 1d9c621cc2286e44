import { describe, expect, it } from 'vitest'
import type { SourceStatus } from '../../../../src/protocol/contract.ts'
import { describeStatus } from '../../../../src/renderer/panels/top-bar/describe-status.ts'

const READY: SourceStatus = {
  kind: 'docker',
  phase: 'ready',
  label: 'Docker 28.5.2 · local',
  progress: null,
  activity: null,
  problem: null,
}

describe('describeStatus', () => {
  it('shows the label alone when all is well', () => {
    expect(describeStatus(READY, true)).toMatchObject({ tone: 'good', text: 'Docker 28.5.2 · local', progress: null })
  })

  it('cuts an engine’s address to what tells it apart and keeps the whole in the tooltip', () => {
    const socket = describeStatus({ ...READY, label: 'Docker 28.5.2 · unix:///run/user/1000/docker.sock' }, true)
    expect(socket.text).toBe('Docker 28.5.2 · local')
    expect(socket.title).toContain('unix:///run/user/1000/docker.sock')
    const label = (address: string) => describeStatus({ ...READY, label: `Docker 28.5.2 · ${address}` }, true).text
    expect(label('ssh://me@box')).toBe('Docker 28.5.2 · me@box by SSH')
    expect(label('tcp://10.0.0.5:2375')).toBe('Docker 28.5.2 · 10.0.0.5:2375')
  })

  it('names the activity and its progress', () => {
    const reading: SourceStatus = { ...READY, phase: 'reading', progress: 0.5, activity: 'reading 12 namespaces' }
    expect(describeStatus(reading, true)).toMatchObject({
      tone: 'busy',
      text: 'Docker 28.5.2 · local · reading 12 namespaces',
      progress: 0.5,
    })
  })

  it('shows a problem, but leaves that of the sample to its banner', () => {
    const failed: SourceStatus = { ...READY, phase: 'failed', problem: 'permission denied: join the docker group' }
    expect(describeStatus(failed, true)).toMatchObject({ tone: 'bad', problem: failed.problem })
    const sample: SourceStatus = { ...READY, kind: 'sample', label: 'sample host', problem: 'no engine' }
    expect(describeStatus(sample, true)).toMatchObject({ tone: 'sample', problem: null })
  })

  it('tells a first connection from a lost one', () => {
    expect(describeStatus(null, false).text).toBe('Connecting…')
    expect(describeStatus(READY, false)).toMatchObject({ tone: 'bad', text: 'Reconnecting…' })
  })
})
