import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explainConsent } from '../../../src/backend/consent/consent.ts'
import { keptConsent } from '../../../src/backend/consent/kept-consent.ts'
import { readHelperOption } from '../../../src/backend/consent/read-helper-option.ts'
import { openSettingsFile } from '../../../src/backend/settings/settings-file.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hopwire-consent-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => openSettingsFile({ XDG_CONFIG_HOME: folder })
const ONE = { id: 'ONE', label: 'unix:///one.sock' }
const OTHER = { id: 'OTHER', label: 'unix:///other.sock' }

describe('keptConsent', () => {
  it('is pending until somebody has answered, and remembers it for this engine alone', async () => {
    expect(await keptConsent(file()).decide(ONE)).toEqual({ answer: 'pending', note: null })
    expect(await keptConsent(file()).answer(ONE, 'refused')).toEqual({ answer: 'refused', note: null })
    expect(await keptConsent(file()).decide(ONE)).toEqual({ answer: 'refused', note: null })
    expect(await keptConsent(file()).decide(OTHER)).toEqual({ answer: 'pending', note: null })
    expect(await keptConsent(file()).answer(ONE, 'allowed')).toEqual({ answer: 'allowed', note: null })
    expect(await keptConsent(file()).decide(ONE)).toEqual({ answer: 'allowed', note: null })
  })

  it('puts what the command line says first, and does not keep it', async () => {
    await keptConsent(file()).answer(ONE, 'refused')
    expect(await keptConsent(file(), 'allowed').decide(ONE)).toEqual({ answer: 'allowed', note: null })
    expect(await keptConsent(file()).decide(ONE)).toEqual({ answer: 'refused', note: null })
  })

  it('asks again where the answers cannot be read, and says why', async () => {
    await keptConsent(file()).answer(ONE, 'allowed')
    writeFileSync(file().path, readFileSync(file().path, 'utf8').slice(0, -5))
    expect(await keptConsent(file()).decide(ONE)).toEqual({
      answer: 'pending',
      note: `${file().path} cannot be read: it is not JSON`,
    })
  })

  it('takes an answer that cannot be kept for now, and says so', async () => {
    writeFileSync(join(folder, 'hopwire'), '')
    const consent = await keptConsent(file()).answer(ONE, 'allowed')
    expect(consent).toEqual({ answer: 'allowed', note: expect.stringMatching(/could not be kept: .*settings\.json/) })
  })
})

describe('readHelperOption', () => {
  it('takes the option, else the variable, else nothing', () => {
    expect(readHelperOption('refuse', { HOPWIRE_HELPER: 'allow' })).toEqual({ ok: true, value: 'refused' })
    expect(readHelperOption(undefined, { HOPWIRE_HELPER: 'allow' })).toEqual({ ok: true, value: 'allowed' })
    expect(readHelperOption(undefined, { HOPWIRE_HELPER: '' })).toEqual({ ok: true, value: null })
    expect(readHelperOption(undefined, {})).toEqual({ ok: true, value: null })
  })

  it.each([
    ['no', {}, /--helper: "no" is neither allow nor refuse/],
    ['', {}, /--helper: ""/],
    [undefined, { HOPWIRE_HELPER: 'refused' }, /HOPWIRE_HELPER: "refused"/],
  ])('refuses %j with %j', (option, env, message) => {
    expect(readHelperOption(option, env)).toMatchObject({
      ok: false,
      failure: { code: 'bad-params', message: expect.stringMatching(message) },
    })
  })
})

describe('explainConsent', () => {
  it('gives a failure that says how to allow it, unless it is allowed', () => {
    expect(explainConsent('allowed')).toBeNull()
    for (const answer of ['refused', 'pending'] as const)
      expect(explainConsent(answer)).toMatchObject({
        code: 'helper-refused',
        hint: expect.stringContaining('--helper allow'),
      })
  })
})
