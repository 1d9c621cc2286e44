import { describe, expect, it } from 'vitest'
import { applyAction } from '../../../src/core/manage/apply-action.ts'
import { readCommand } from '../../../src/core/manage/read-command.ts'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import { sceneFor } from './scenes/make-scene.ts'
import { REFUSAL_BASE, REFUSED_LINES } from './scenes/refused-scenes.ts'

const NO_ADDRESS = 'user specified IP address is supported on user defined networks only'
const NO_SUBNET = 'user specified IP address is supported only when connecting to networks with user configured subnets'
const NO_ALIAS = 'network-scoped aliases are only supported for user-defined networks'

const run = (generation: 20 | 28, options: string) => {
  const read = readCommand(`docker run -d --name late ${options} busybox:local sleep 1000`)
  if (read.kind !== 'action') throw new Error(`${options} is ${read.kind}`)
  return applyAction(sceneFor(REFUSAL_BASE, generation), read.action)
}
const list = (network: string, ...words: readonly string[]): string =>
  `invalid config for network ${network}: invalid endpoint settings:\n${words.join('\n')}`

/** As real engines say it: test/live/synth-refusals.test.ts. */
const said: readonly (readonly [options: string, old: string, now: string])[] = [
  ['--ip 172.17.0.99', NO_ADDRESS, list('bridge', `* ${NO_ADDRESS}`, `* ${NO_SUBNET}`)],
  ['--ip6 fd00::9', NO_ADDRESS, list('bridge', `* ${NO_ADDRESS}`, `* ${NO_SUBNET}`)],
  ['--ip 172.17.0.99 --network-alias x', NO_ADDRESS, NO_ALIAS],
  ['--network p1 --ip 10.10.1.9', NO_SUBNET, list('p1', NO_SUBNET)],
  ['--network own --ip6 fd00::9', NO_SUBNET, list('own', NO_SUBNET)],
  [
    '--network own --ip 10.59.0.9 --ip6 fd00::9',
    NO_SUBNET,
    list('own', '* no configured subnet or ip-range contain the IP address 10.59.0.9', `* ${NO_SUBNET}`),
  ],
  ['--network host --ip 172.17.0.99', NO_ADDRESS, list('host', `* ${NO_ADDRESS}`, `* ${NO_SUBNET}`)],
  ['--network none --ip6 fd00::9', NO_ADDRESS, list('none', `* ${NO_ADDRESS}`, `* ${NO_SUBNET}`)],
]

describe('an address that Docker does not give', () => {
  it.each(said)('%s: 20.10 refuses the start and leaves the container', (options, message) => {
    const edited = run(20, options)
    if (edited.ok) throw new Error('accepted')
    expect(edited.message).toBe(message)
    expect(edited.left?.containers.at(-1)).toMatchObject({ name: 'late', state: 'created' })
    if (edited.left === undefined) return
    expect(checkScene(edited.left)).toMatchObject({ ok: true })
    const started = applyAction(edited.left, { kind: 'container-verb', verb: 'start', name: 'late' })
    expect(started).toMatchObject({ ok: false, message })
  })

  it.each(said)('%s: 28 does not create it', (options, _old, message) => {
    expect(run(28, options)).toEqual({ ok: false, message })
  })

  it.each(['--network own --ip 10.51.0.20', '--network own --ip 10.51.0.20 --network-alias x', '--net default'])(
    '%s is no such thing',
    (options) => {
      for (const generation of [20, 28] as const) expect(run(generation, options)).toMatchObject({ ok: true })
    },
  )

  it('is all that the refused command lines ask for', () => {
    for (const { options, only } of REFUSED_LINES)
      expect(run(only ?? 28, options), options).toMatchObject({ ok: false })
  })
})
