import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkScene } from '../../../src/core/synth/scene/check-scene.ts'
import { openTexts } from './memory-files.ts'

describe('whatever is given', () => {
  const words = fc.constantFrom(
    ...[
      'services',
      'networks',
      'a',
      'b',
      'image',
      'ports',
      '80:80',
      'networks:',
      ': ',
      '\n  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
    ],
    ...[
      '&x',
      '*x',
      '<<: ',
      '!reset ',
      '!override ',
      '"',
      "'",
      '|',
      '>',
      '#',
      '${A:-',
      '$',
      '---\n',
      'extends: ',
      'include: ',
    ],
    ...[
      'depends_on',
      'network_mode: ',
      'service:a',
      'ipam',
      'config',
      'subnet: ',
      '10.0.0.0/8',
      'null',
      '~',
      '5',
      '1e999',
    ],
  )

  it('gives problems, never an exception, for any text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 40 }).map((list) => list.join('')),
    )
    fc.assert(
      fc.property(texts, fc.string(), (text, env) => {
        const opened = openTexts({ 'f.yml': text, '.env': env })
        expect(opened.ok).toBe(opened.problems.length === 0)
      }),
      { numRuns: 200 },
    )
  })

  it('gives problems or a scene for any values at any keys', () => {
    const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(
          '80',
          80,
          '80:80',
          'a',
          'default',
          'service:a',
          'host',
          '10.0.0.1',
          '10.0.0.0/24',
          '',
          null,
          true,
          -1,
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'a',
            'default',
            'config',
            'subnet',
            'aliases',
            'target',
            'replicas',
            'condition',
            'name',
            'listens',
          ),
          tie('value'),
          { maxKeys: 3 },
        ),
      ),
    })).value
    const keys = fc.constantFrom(
      ...[
        'image',
        'ports',
        'expose',
        'networks',
        'network_mode',
        'depends_on',
        'links',
        'external_links',
        'extra_hosts',
        'dns',
      ],
      ...[
        'hostname',
        'scale',
        'deploy',
        'labels',
        'profiles',
        'container_name',
        'mac_address',
        'extends',
        'x-hopwire',
        'sysctls',
      ],
    )
    const service = fc.dictionary(keys, value, { maxKeys: 4 })
    const network = fc.dictionary(
      fc.constantFrom('ipam', 'external', 'name', 'driver', 'internal', 'driver_opts', 'labels'),
      value,
    )
    const model = fc.record({
      services: fc.record({ a: service, b: service }),
      networks: fc.record({ default: network }),
    })
    fc.assert(
      fc.property(model, model, (one, other) => {
        const texts = { 'f.yml': JSON.stringify(one), 'g.yml': JSON.stringify(other) }
        const opened = openTexts(texts, {}, ['f.yml', 'g.yml'])
        if (opened.ok) expect(checkScene(opened.scene)).toMatchObject({ ok: true })
        else expect(opened.problems.length).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
  })
})
