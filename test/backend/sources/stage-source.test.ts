import { describe, expect, test, vi } from 'vitest'
import { createSandboxSource } from '../../../src/backend/sources/sandbox-source.ts'
import type { SourceChange } from '../../../src/backend/sources/source.ts'
import { createStageSource, type StageSource } from '../../../src/backend/sources/stage-source.ts'
import { createScriptedSource, readStandardHost } from '../../support/scripted-source.ts'

const host = readStandardHost()

function listen(stage: StageSource): SourceChange[] {
  const heard: SourceChange[] = []
  stage.onChange((change) => heard.push(change))
  return heard
}

async function namesOf(stage: StageSource): Promise<readonly string[]> {
  const loaded = await stage.load()
  return loaded.ok ? loaded.value.containers.map(({ name }) => name) : [loaded.failure.message]
}

describe('the stage', () => {
  test('is the source behind as long as no sandbox is shown', async () => {
    const behind = createScriptedSource('docker', host)
    const stage = createStageSource(behind)
    expect([stage.kind, stage.status().kind, stage.sandbox(), stage.isStaged()]).toEqual([
      'docker',
      'docker',
      null,
      false,
    ])
    expect(await stage.load()).toEqual({ ok: true, value: host })
    stage.leave()
    expect(stage.kind).toBe('docker')
  })

  test('shows a sandbox in its place, and the host again, each with both changes', async () => {
    const stage = createStageSource(createScriptedSource('docker', host))
    const heard = listen(stage)
    const sandbox = createSandboxSource('docker0')
    stage.showSandbox(sandbox)
    expect(heard).toEqual(['status', 'state'])
    expect([stage.kind, stage.status().kind, stage.sandbox()]).toEqual(['sandbox', 'sandbox', sandbox])
    expect(await namesOf(stage)).toEqual(['container1', 'container2'])
    expect(stage.manager()).toBe(sandbox.manager())
    heard.length = 0
    stage.leave()
    expect(heard).toEqual(['status', 'state'])
    expect([stage.kind, stage.manager(), await stage.load()]).toEqual(['docker', null, { ok: true, value: host }])
  })

  test('does not hear the source behind while a sandbox is shown, nor the sandbox once it was left', async () => {
    const behind = createScriptedSource('docker', host)
    const stage = createStageSource(behind)
    const heard = listen(stage)
    const sandbox = createSandboxSource('docker0')
    await sandbox.load()
    stage.showSandbox(sandbox)
    heard.length = 0
    behind.emit('state')
    behind.become({ phase: 'reconnecting' })
    expect(heard).toEqual([])
    expect(behind.loads).toBe(0)
    stage.leave()
    heard.length = 0
    const scene = sandbox.scene()
    if (scene === null) throw new Error('the sandbox has no scene')
    sandbox.replace(scene)
    expect(heard).toEqual([])
    behind.emit('state')
    expect(heard).toEqual(['state'])
  })

  test('does not wait for a reading of the host that a sandbox has overtaken, and gives the host of the sandbox', async () => {
    const behind = createScriptedSource('docker', host)
    behind.next = () => new Promise(() => undefined)
    const stage = createStageSource(behind)
    const reading = namesOf(stage)
    stage.showSandbox(createSandboxSource('docker0'))
    expect(await reading).toEqual(['container1', 'container2'])
  })

  test('aborts the reading that was overtaken', async () => {
    const behind = createScriptedSource('docker', host)
    const signals: (AbortSignal | undefined)[] = []
    const stage = createStageSource({
      ...behind,
      load: (signal) => {
        signals.push(signal)
        return new Promise(() => undefined)
      },
    })
    void stage.load()
    stage.showSandbox(createSandboxSource('docker0'))
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  })

  test('shows another sandbox in the place of one, and over a sandbox that was named at the start', async () => {
    const first = createSandboxSource('docker0')
    const stage = createStageSource(first)
    expect([stage.sandbox(), stage.isStaged()]).toEqual([first, false])
    const [second, third] = [createSandboxSource('my-net'), createSandboxSource('three-tiers')]
    stage.showSandbox(second)
    stage.showSandbox(third)
    expect(await namesOf(stage)).toEqual(['flask', 'mongo', 'nginx'])
    stage.leave()
    expect([stage.sandbox(), await namesOf(stage)]).toEqual([first, ['container1', 'container2']])
  })

  test('closes what is behind and what is shown', async () => {
    const behind = createScriptedSource('docker', host)
    const stage = createStageSource(behind)
    const sandbox = createSandboxSource('docker0')
    const close = vi.spyOn(sandbox, 'close')
    stage.showSandbox(sandbox)
    await stage.close()
    expect([behind.closed, close.mock.calls.length]).toEqual([true, 1])
  })
})
