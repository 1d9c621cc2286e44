import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HelperRecord, Settings } from '../../../src/backend/settings/settings.ts'
import { openSettingsFile } from '../../../src/backend/settings/settings-file.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hopwire-settings-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => openSettingsFile({ XDG_CONFIG_HOME: folder, HOME: '/nonexistent' })
const path = () => join(folder, 'hopwire', 'settings.json')
const put = (text: string) => {
  mkdirSync(join(folder, 'hopwire'), { recursive: true })
  writeFileSync(path(), text)
}
const ALLOWED: HelperRecord = { engine: 'unix:///run/docker.sock', answer: 'allowed', told: false }
const allow = (settings: Settings): Settings => ({ ...settings, helper: { ...settings.helper, E1: ALLOWED } })

describe('the settings file', () => {
  it('is in XDG_CONFIG_HOME, else below ~/.config; a relative XDG_CONFIG_HOME is none', () => {
    expect(open().path).toBe(path())
    expect(openSettingsFile({ HOME: '/home/u' }).path).toBe('/home/u/.config/hopwire/settings.json')
    expect(openSettingsFile({ HOME: '/home/u', XDG_CONFIG_HOME: 'here' }).path).toBe(
      '/home/u/.config/hopwire/settings.json',
    )
  })

  it('gives the defaults without a word where there is none', async () => {
    expect(await open().read()).toEqual({ settings: { helper: {} }, problem: null })
    expect(readdirSync(folder)).toEqual([])
  })

  it('keeps what was changed, readable for its owner only, and leaves no draft behind', async () => {
    expect(await open().update(allow)).toBeNull()
    expect(await open().read()).toEqual({ settings: { helper: { E1: ALLOWED } }, problem: null })
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'hopwire'))).toEqual(['settings.json'])
  })

  it('keeps what it does not know, of a later version', async () => {
    put('{"theme":"dark","helper":{"E2":{"engine":"x","answer":"refused","told":true}}}')
    await open().update(allow)
    const kept = JSON.parse(readFileSync(path(), 'utf8'))
    expect(kept).toMatchObject({ theme: 'dark', helper: { E1: { answer: 'allowed' }, E2: { answer: 'refused' } } })
  })

  it('says that a file is no JSON, takes the defaults, and sets it aside before it writes another', async () => {
    put('{"helper": ')
    expect(await open().read()).toEqual({
      settings: { helper: {} },
      problem: `${path()} cannot be read: it is not JSON`,
    })
    expect(await open().update(allow)).toBeNull()
    expect(readFileSync(`${path()}.unreadable`, 'utf8')).toBe('{"helper": ')
    expect((await open().read()).settings.helper['E1']).toEqual(ALLOWED)
  })

  it.each(['[]', 'null', '"yes"'])('says that %s holds no settings', async (text) => {
    put(text)
    expect(await open().read()).toMatchObject({ settings: { helper: {} }, problem: `${path()} has no settings in it` })
  })

  it.each([
    '{"helper":[]}',
    '{"helper":{"E1":"allowed"}}',
    '{"helper":{"E1":{"answer":"yes"}}}',
    '{"helper":{"E1":{"answer":true}}}',
  ])('takes %s for no answer', async (text) => {
    put(text)
    expect((await open().read()).settings.helper['E1']?.answer ?? null).toBeNull()
  })

  it('says why it could not be written', async () => {
    writeFileSync(join(folder, 'hopwire'), '')
    expect(await open().update(allow)).toMatch(/settings\.json cannot be written: /)
    rmSync(join(folder, 'hopwire'))
    mkdirSync(path(), { recursive: true })
    chmodSync(path(), 0o700)
    expect((await open().read()).problem).toBe(`${path()} cannot be read: it is a folder`)
  })

  it('writes through a link', async () => {
    put('{}')
    const real = join(folder, 'dotfiles.json')
    writeFileSync(real, '{}')
    rmSync(path())
    symlinkSync(real, path())
    await open().update(allow)
    expect(JSON.parse(readFileSync(real, 'utf8'))).toMatchObject({ helper: { E1: { answer: 'allowed' } } })
  })
})
