import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from './support/app-test.ts'
import { events, trace } from './support/use-app.ts'

const run = promisify(execFile)

test('the tree and the form follow Docker’s events, and a trace on show stays', {
  tag: ['@docker20', '@launchers'],
}, async ({ app, engine, launcher }) => {
  const name = `e2e-${launcher}`
  const docker = (...args: string[]) => run('docker', ['-H', `unix://${engine.socket}`, ...args])
  await trace(app, { from: 'c1', to: 'c2' })
  const count = await events(app).count()
  await docker('rm', '-f', name).catch(() => undefined)
  try {
    await docker('run', '-d', '--name', name, '--network', 'net-a', 'busybox:local', 'sleep', '600')
    await expect(app.getByRole('treeitem', { name: new RegExp(name) })).toBeVisible()
    await app.getByRole('combobox', { name: 'From' }).fill(name)
    await expect(app.getByRole('option', { name: new RegExp(`${name}.*container`) })).toContainText('172.18.0.')
    expect(await events(app).count()).toBe(count)
  } finally {
    await docker('rm', '-f', name)
  }
  await expect(app.getByRole('treeitem', { name: new RegExp(name) })).toBeHidden()
})
