import { describe, expect, test } from 'vitest'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import { sceneFor } from './scenes/make-scene.ts'
import { standard } from './scenes/standard.ts'

const good = sceneFor(standard, 28)

describe('a scene from outside', () => {
  test('is taken when it is one', () => {
    expect(checkScene(JSON.parse(JSON.stringify(good)))).toEqual({ ok: true, scene: good })
  })

  test.each<[string, unknown, string, string]>([
    ['another schema', { ...good, schema: 'hopwire.scene/9' }, 'schema', 'its schema is "hopwire.scene/9"'],
    ['no object', 7, 'schema', 'its schema is nothing'],
    ['an unknown engine', { ...good, engine: { generation: 19 } }, 'engine.generation', '20 or 28 or 29 expected'],
    [
      'a bad subnet',
      { ...good, networks: [{ name: 'n', subnets: [{ subnet: '10.0.0.0/99' }] }] },
      'networks[0].subnets[0].subnet',
      'a prefix (10.0.0.0/8) expected, "10.0.0.0/99" found',
    ],
    [
      'a bad port',
      { ...good, containers: [{ name: 'c1', ports: ['80:http'] }] },
      'containers[0].ports[0]',
      'a port as for docker run -p expected',
    ],
    ['an unknown field', { ...good, containers: [{ name: 'c1', port: '80' }] }, 'containers[0].port', 'unknown field'],
    [
      'a network that is not there',
      { ...good, containers: [{ name: 'c1', networks: [{ network: 'gone' }] }] },
      'containers[0].networks[0].network',
      'there is no network "gone"',
    ],
    [
      'a name that is there twice',
      { ...good, containers: [{ name: 'c1' }, { name: 'c1' }] },
      'containers[1].name',
      'there is another container named "c1"',
    ],
    [
      'a container that joins nobody',
      { ...good, containers: [{ name: 'c1', networkMode: 'container:x' }] },
      'containers[0].networkMode',
      'there is no container "x"',
    ],
    [
      'a call of iptables that is none',
      { ...good, rules: [{ command: '-Z FORWARD' }] },
      'rules[0].command',
      'a call of iptables expected',
    ],
  ])('%s is a problem at its place', (_what, value, path, message) => {
    const checked = checkScene(value)
    const found = checked.ok ? [] : checked.problems
    expect(found.find((problem) => problem.path === path)?.message ?? found).toContain(message)
  })
})
