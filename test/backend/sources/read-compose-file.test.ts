import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openComposeScene } from '../../../src/backend/sources/read-compose-file.ts'
import { COMPOSE_FIXTURES, type ComposeFixture } from '../../fixtures/compose/projects.ts'
import { type ComposeConfig, factsOfConfig, factsOfScene } from '../../core/compose/config-facts.ts'

const folder = join(import.meta.dirname, '../../fixtures/compose')

function open({ name, files, profiles, projectName, environment = {} }: ComposeFixture) {
  return openComposeScene(
    files.map((file) => join(folder, name, file)),
    {
      environment,
      ...(profiles === undefined ? {} : { profiles }),
      ...(projectName === undefined ? {} : { projectName }),
    },
  )
}

describe('a compose project as a scene', () => {
  it.each(COMPOSE_FIXTURES)('$name says what docker compose config says', (fixture) => {
    const opened = open(fixture)
    expect(opened.problems).toEqual([])
    if (!opened.ok) return
    const config: ComposeConfig = JSON.parse(readFileSync(join(folder, fixture.name, 'config.json'), 'utf8'))
    const assumed = opened.warnings.flatMap(({ message }) => /^"(.+)" must exist before/.exec(message)?.[1] ?? [])
    expect(factsOfScene(opened.scene, assumed)).toEqual(factsOfConfig(config))
  })
})
