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

test('zoom, what is selected and where things stand stay as they are when something else changes', async ({
  app,
  engine,
  launcher,
}) => {
  const name = `zz-e2e-${launcher}`
  const docker = (...args: string[]) => run('docker', ['-H', `unix://${engine.socket}`, ...args])
  const rows = app.getByRole('treeitem', { name: new RegExp(name) })
  const item = app.getByRole('treeitem', { name: 'c1' })
  await item.click()
  await app.getByRole('group', { name: 'Zoom' }).getByRole('button', { name: 'Zoom in' }).click()
  const zoom = app.getByRole('button', { name: 'Actual size' })
  const level = await zoom.textContent()
  const look = () =>
    app.evaluate(() => ({
      layer: document.querySelector<HTMLElement>('.scene-layer')?.style.transform,
      selected: document.querySelector('[role="treeitem"][aria-selected="true"]')?.textContent,
      inspected: document.querySelector('aside[aria-label="Inspector"] h2, [aria-label="Inspector"] h2')?.textContent,
    }))
  const before = await look()
  expect(before.layer).toContain('translate3d')
  await docker('rm', '-f', name).catch(() => undefined)
  try {
    // Its name is the last of its network: everything else keeps its place.
    await docker('run', '-d', '--name', name, '--network', 'net-i', 'busybox:local', 'sleep', '600')
    await expect(rows).toHaveCount(1)
    await docker('network', 'connect', 'net-a', name)
    await expect(rows).toHaveCount(2)
    expect([await look(), await zoom.textContent()]).toEqual([before, level])
  } finally {
    await docker('rm', '-f', name)
  }
  await expect(rows).toHaveCount(0)
  expect([await look(), await zoom.textContent()]).toEqual([before, level])
})
