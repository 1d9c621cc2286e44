import fc from 'fast-check'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listPageFiles } from '../../../src/backend/labs/host-command.ts'
import { listLabIds, loadLab, loadLabScene } from '../../../src/backend/labs/lab-files.ts'
import { readLab } from '../../../src/backend/labs/read-lab.ts'
import { findResource } from '../../../src/backend/package-root.ts'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'
import { readCommand } from '../../../src/core/manage/read-command.ts'

const pages = listLabIds().map((id) => [id, loadLab(id)] as const)

test('there are twelve labs, numbered in their order', () => {
  expect(pages.map(([, page]) => page.ok && page.value.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test.each(pages)('%s can be read and begins with a scene that Docker takes', async (_id, page) => {
  if (!page.ok) throw new Error(`${page.failure.message} ${page.failure.at ?? ''}`)
  const scene = await loadLabScene(page.value)
  if (!scene.ok) throw new Error(scene.failure.message)
  expect(makeSceneHost(scene.value, page.value.scene)).toMatchObject({ ok: true })
})

/** Made in a terminal, they would otherwise stay when the lab ends. */
test.each(pages)('%s names all that it has the learner make', async (_id, page) => {
  if (!page.ok || !page.value.grounds.includes('docker')) return
  const { containers, networks, steps } = page.value
  const scene = await loadLabScene(page.value)
  const begun = scene.ok ? scene.value : null
  const made = steps.flatMap(({ body }) => body.split('\n').map(readCommand))
  for (const command of made) {
    if (command.kind !== 'action') continue
    const { action } = command
    if (action.kind === 'run-container') expect(containers).toContain(action.container.name)
    if (action.kind === 'create-network') expect(networks).toContain(action.network.name)
  }
  for (const { name } of begun?.containers ?? []) expect(containers).toContain(name)
  for (const { name } of begun?.networks ?? []) expect(networks).toContain(name)
})

test('the compose files of a page are those that it shows', () => {
  const page = loadLab('12-compose')
  expect(page.ok && [...listPageFiles(page.value).keys()]).toEqual(['shop.yml', 'blog.yml', 'cart.yml'])
  expect(existsSync(findResource('labs', 'shop.yml'))).toBe(false)
})

const HEAD = `---
number: 1
title: T
aim: A
minutes: 5
scene: docker0
grounds: [sandbox]
---
`

const step = (check: string): string => `${HEAD}
## Step

\`\`\`check
${check}
\`\`\`
`

test.each([
  ['no front matter', '# Lab', 1, 'front matter'],
  ['a field of another kind', HEAD.replace('minutes: 5', 'minutes: soon'), 2, '"minutes" must be a number'],
  ['an unknown field', HEAD.replace('aim: A', 'aim: A\nauthor: B'), 2, '"author" means nothing here'],
  ['YAML that is none', HEAD.replace('aim: A', 'aim: [A'), 5, 'end with a ]'],
  ['an unknown ground', HEAD.replace('[sandbox]', '[cloud]'), 2, '"grounds"'],
  ['no step', HEAD, 9, 'a lab has steps'],
  ['a step without checks', `${HEAD}\n## Step\n\ntext\n`, 10, 'a step needs a check'],
  ['a check without a sentence', step('- text: no stop\n  network: a'), 13, 'a sentence'],
  ['an unknown key', step('- text: A.\n  network: a\n  colour: red'), 13, '"colour" means nothing here'],
  ['an unknown end', step('- text: A.\n  trace: a -> b\n  is: lost'), 13, 'no end called "lost"'],
  ['half a trace', step('- text: A.\n  trace: a\n  is: delivered'), 13, 'FROM -> TO'],
  ['TCP without a port', step('- text: A.\n  trace: a -> b\n  proto: tcp\n  is: delivered'), 13, 'needs a port'],
  ['a pattern that is none', step('- text: A.\n  chain: INPUT\n  has: "("'), 13, 'a regular expression'],
  ['a check about nothing', step('- text: A.'), 13, 'a check is about'],
])('%s is a problem at its line', (_what, text, line, message) => {
  const read = readLab(text, 'x')
  if (read.ok) throw new Error('it was read')
  expect(read.problems).toContainEqual({ line, message: expect.stringContaining(message) })
})

test('no text throws', () => {
  const piece = fc.oneof(fc.constantFrom('---\n', '## a\n', '```check\n', '```\n', '- text: a.\n', HEAD), fc.string())
  fc.assert(fc.property(fc.array(piece), (pieces) => void readLab(pieces.join(''), 'x')))
})
