import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStateKeeper, type StateKeeper } from '../../src/backend/state-keeper.ts'
import { createScriptedSource, readStandardHost, type ScriptedSource } from '../support/scripted-source.ts'

const before = { ...readStandardHost(), hostname: 'before' }
const after = { ...before, hostname: 'after' }
const AN_HOUR = 3_600_000

let source: ScriptedSource
let keeper: StateKeeper
beforeEach(async () => {
  source = createScriptedSource('docker', before)
  keeper = createStateKeeper(source, () => undefined)
  await keeper.refresh()
})
afterEach(() => keeper.close())

const freshName = async () => {
  const read = await keeper.freshThan(AN_HOUR)
  return read.ok ? read.value.state.hostname : read.failure.code
}

describe('a state that is fresh enough', () => {
  it('is the one that is there, without another reading', async () => {
    expect(await freshName()).toBe('before')
    expect(source.loads).toBe(1)
  })

  it('is read anew once it is too old', async () => {
    source.next = async () => ({ ok: true, value: after })
    const read = await keeper.freshThan(-1)
    expect(read).toMatchObject({ ok: true, value: { state: { hostname: 'after' } } })
    expect(source.readings.at(-1)).toBe('whole')
  })

  it('has in it what the source told of a moment ago, however young it is', async () => {
    source.next = async () => ({ ok: true, value: after })
    source.emit('state')
    expect(await freshName()).toBe('after')
    expect(source.readings.at(-1)).toBe('changes')
  })

  it('is waited for while it is being read', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    source.next = () => gate.then(() => ({ ok: true, value: after }))
    source.emit('state')
    const reading = keeper.refresh()
    const asked = freshName()
    open()
    expect(await asked).toBe('after')
    await reading
    expect(source.loads).toBe(2)
  })
})
