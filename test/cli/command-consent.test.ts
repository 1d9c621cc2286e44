import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HelperAnswer } from '../../src/backend/settings/settings.ts'
import { openSettingsFile } from '../../src/backend/settings/settings-file.ts'
import { commandConsent } from '../../src/cli/command-consent.ts'
import { HELPER_CAPABILITIES } from '../../src/protocol/helper-terms.ts'
import { callHopwire } from './run-hopwire.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hopwire-consent-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ENGINE = { id: 'ONE', label: 'unix:///one.sock' }

/** Decides once; `typed` are the lines of who sits at the terminal, null for nobody. */
async function decide(typed: readonly string[] | null, forced: HelperAnswer | null = null) {
  const lines = [...(typed ?? [])]
  let [said, asked] = ['', 0]
  const ask = async () => {
    asked += 1
    return lines.shift() ?? null
  }
  const stderr = { terminal: typed !== null, columns: 80, write: (text: string) => void (said += text) }
  const giver = commandConsent(openSettingsFile({ XDG_CONFIG_HOME: folder }), forced, {
    stderr,
    ask: typed === null ? null : ask,
  })
  const { answer } = await giver.decide(ENGINE)
  return { answer, said, asked }
}

describe('a command at a terminal', () => {
  it('tells the terms in full and asks once', async () => {
    const first = await decide(['y'])
    expect(first).toMatchObject({ answer: 'allowed', asked: 1 })
    const said = first.said.replace(/\s+/g, ' ')
    for (const { name } of HELPER_CAPABILITIES) expect(said).toContain(name)
    for (const words of ['What it reads:', 'one packet, or one small connection', 'a capture', 'If you refuse:'])
      expect(said).toContain(words)
    expect(first.said).toMatch(/^[\t\n\x20-\x7e]*$/)
    expect(Math.max(...first.said.split('\n').map((line) => line.length))).toBeLessThan(100)
    expect(await decide(['n'])).toMatchObject({ answer: 'allowed', asked: 0, said: '' })
  })

  it('keeps a no as well, and takes nothing else for an answer', async () => {
    expect(await decide(['', 'maybe', 'NO'])).toMatchObject({ answer: 'refused', asked: 3 })
    expect(await decide([])).toMatchObject({ answer: 'refused', asked: 0 })
  })

  it('uses no helper when nobody answers, and asks again the next time', async () => {
    expect(await decide([])).toMatchObject({ answer: 'pending', asked: 1 })
    expect(await decide(['n'])).toMatchObject({ answer: 'refused', asked: 1 })
  })
})

describe('a command of a script', () => {
  it('uses the helper, and says so on one line the first time', async () => {
    const first = await decide(null)
    expect(first.answer).toBe('allowed')
    expect(first.said).toMatch(/^hopwire: [^\n]*privileged container[^\n]*--helper refuse[^\n]*\n$/)
    expect(await decide(null)).toMatchObject({ answer: 'allowed', said: '' })
  })

  it('has not answered for who comes to a terminal later', async () => {
    await decide(null)
    expect(await decide(['n'])).toMatchObject({ answer: 'refused', asked: 1 })
    expect(await decide(null)).toMatchObject({ answer: 'refused', said: '' })
  })
})

it.each(['allowed', 'refused'] as const)('asks nobody and keeps nothing when the options say %s', async (forced) => {
  expect(await decide(['y'], forced)).toEqual({ answer: forced, said: '', asked: 0 })
  expect(await decide([])).toMatchObject({ answer: 'pending', asked: 1 })
})

describe('--helper', () => {
  it.each([
    [['trace', 'a', 'b', '--helper', 'yes'], /--helper: "yes" is neither allow nor refuse/],
    [['serve', '--helper='], /--helper: "" is neither/],
    [['trace', 'a', 'b', '--helper', 'allow', '--snapshot', 'x'], /--helper goes with an engine/],
  ])('%j is refused with status 2', async (words, message) => {
    const ran = await callHopwire(words)
    expect(ran.stderr).toMatch(message)
    expect(ran.status).toBe(2)
  })
})
