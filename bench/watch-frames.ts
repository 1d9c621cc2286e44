/**
 * How smooth the view is while a watch takes in packets at a high rate: frames that the page draws in a second and the
 * longest wait for one, at rest and during a flood of datagrams between containers, in Chromium over `hopwire serve`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chromium, type Page } from '@playwright/test'
import { startServe } from '../test/e2e/support/launch-browser.ts'
import { type Engine, standardScene, startEngine, startWorld, whyNoLab } from '../test/lab/index.ts'
import { type Line, percentile } from './line.ts'

export const name = 'watch-frames'

const SECONDS = 8
/** It begins before the measurement and outlasts it. */
const FLOOD_SECONDS = SECONDS + 6

/** Measures on Docker 28; in place of it, the reason why that cannot be done here. */
export async function run(): Promise<readonly Line[]> {
  const reason = whyNoLab()
  if (reason !== undefined) return [{ what: name, value: 'skipped', note: reason }]
  const world = await startWorld()
  try {
    const engine = await startEngine(world, { generation: '28' })
    await standardScene(engine)
    return await measure(engine)
  } finally {
    world.stop()
  }
}

async function measure(engine: Engine): Promise<readonly Line[]> {
  const server = await startServe(['--helper', 'allow', '--docker-host', `unix://${engine.socket}`])
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    const context = await browser.newContext({
      storageState: server.storageState,
      viewport: { width: 1440, height: 900 },
    })
    const page = await context.newPage()
    await page.goto(server.url)
    await startWatch(page)
    const rest = await measureFrames(page)
    const flood = await startFlood(engine)
    await page.waitForTimeout(2000)
    const before = await readTotals(page)
    const flooded = await measureFrames(page)
    const after = await readTotals(page)
    await flood.end
    return [
      { what: 'at rest', value: frameWords(rest) },
      { what: 'during the flood', value: frameWords(flooded) },
      {
        what: '  taken in meanwhile',
        value: `${Math.round((after.packets - before.packets) / SECONDS)} packets/s`,
        note: `${after.lost - before.lost} lost; a packet counts at every device that it passes`,
      },
    ]
  } finally {
    await browser.close()
    await server.close()
  }
}

async function startWatch(page: Page): Promise<void> {
  await page.getByRole('treeitem', { name: 'c1' }).waitFor({ timeout: 60_000 })
  await page.getByRole('tab', { name: 'Watch' }).click()
  await page.getByRole('combobox', { name: 'What' }).fill('network bridge')
  await page.getByRole('combobox', { name: 'What' }).press('Enter')
  await page.locator('.watch-totals').waitFor({ timeout: 60_000 })
}

/** Datagrams from c1 to the echo server on the same bridge, as fast as one sender can. */
async function startFlood(engine: Engine): Promise<{ readonly end: Promise<unknown> }> {
  const netns = await engine.containerNetns('c1')
  const script = [
    'import socket, time',
    'sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
    `end = time.monotonic() + ${FLOOD_SECONDS}`,
    'while time.monotonic() < end:',
    '    for _ in range(64): sender.sendto(b"x" * 64, ("172.17.0.7", 9999))',
    '    time.sleep(0.002)',
  ].join('\n')
  const child = spawn('nsenter', [`--net=${netns}`, 'python3', '-c', script], { stdio: 'ignore' })
  return { end: once(child, 'exit') }
}

/** Runs in the page, which has what Node has not: gives the waits between the frames of some seconds. */
const WAITS = `new Promise((resolve) => {
  const waits = []
  const start = performance.now()
  let last = start
  const next = (now) => {
    waits.push(now - last)
    last = now
    if (now - start < ${SECONDS * 1000}) requestAnimationFrame(next)
    else resolve(waits.slice(1))
  }
  requestAnimationFrame(next)
})`

/** Returns the waits between the page's frames, milliseconds. */
function measureFrames(page: Page): Promise<readonly number[]> {
  return page.evaluate<number[]>(WAITS)
}

async function readTotals(page: Page): Promise<{ readonly packets: number; readonly lost: number }> {
  const words = await page.locator('.watch-totals').innerText()
  const read = (pattern: RegExp) => Number((pattern.exec(words)?.[1] ?? '0').replaceAll(',', ''))
  return { packets: read(/([\d,]+) packets?/), lost: read(/([\d,]+) lost/) }
}

function frameWords(waits: readonly number[]): string {
  const rate = (waits.length / waits.reduce((sum, wait) => sum + wait, 0)) * 1000
  const longest = Math.max(...waits)
  return `${rate.toFixed(1)} frames/s, 99 of 100 within ${percentile(waits, 0.99).toFixed(0)} ms, longest ${longest.toFixed(0)} ms`
}
