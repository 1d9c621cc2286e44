import { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { IpcMain, Session, WebContents } from 'electron'
import { afterAll, describe, expect, it } from 'vitest'
import { CONTENT_SECURITY_POLICY, type RendererFiles } from '../../src/backend/renderer-files.ts'
import { answerAppRequest } from '../../src/main/answer-app-request.ts'
import { chooseHelper, chooseHost } from '../../src/main/choose-host.ts'
import { acceptPorts, OPEN_CHANNEL } from '../../src/main/ipc-port.ts'
import { buildMenu } from '../../src/main/menu.ts'
import { isOwnUrl } from '../../src/main/own-page.ts'
import { createWebPreferences, denyPermissions, guardContents } from '../../src/main/security.ts'
import { readWindowState, writeWindowState } from '../../src/main/window-state.ts'
import type { Port } from '../../src/protocol/port.ts'
import { MessagePortMainDouble } from '../support/electron-double/message-port.ts'
import { type FrameDouble, WebContentsDouble } from '../support/electron-double/web-contents.ts'

describe('isOwnUrl()', () => {
  it.each(['app://hopwire/', 'app://hopwire/assets/a.js?x#y', 'APP://hopwire/'])('accepts %s', (url) => {
    expect(isOwnUrl(url)).toBe(true)
  })

  it.each([
    'app://evil/',
    'app://hopwire.evil/',
    'app://hopwire:80/',
    'app://hopwire@evil/',
    'app://user@hopwire/',
    'xapp://hopwire/',
    'https://hopwire/',
    'file:///hopwire/',
    'data:text/html,app://hopwire/',
    'app:hopwire',
    'null',
    '',
  ])('refuses "%s"', (url) => {
    expect(isOwnUrl(url)).toBe(false)
  })
})

describe('createWebPreferences()', () => {
  it('isolates and sandboxes the page', () => {
    expect(createWebPreferences('/p.cjs')).toEqual({
      preload: '/p.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    })
  })
})

describe('guardContents()', () => {
  const contents = new WebContentsDouble()
  guardContents(contents as unknown as WebContents)

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'] as const)('keeps %s at home', (event) => {
    expect(contents.allows(event, 'app://hopwire/index.html')).toBe(true)
    for (const url of ['https://example.com/', 'app://evil/', 'file:///etc/passwd', 'javascript:1']) {
      expect({ url, allowed: contents.allows(event, url) }).toEqual({ url, allowed: false })
    }
  })

  it('denies windows and webviews, our own page’s too', () => {
    expect(contents.opensWindow('https://example.com/')).toBe(false)
    expect(contents.opensWindow('app://hopwire/')).toBe(false)
    expect(contents.allows('will-attach-webview', 'app://hopwire/')).toBe(false)
  })
})

describe('denyPermissions()', () => {
  it('allows writing to the clipboard and nothing else', () => {
    const asked: Record<string, unknown> = {}
    const keep = (name: string) => (handler: unknown) => (asked[name] = handler)
    denyPermissions({
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
    } as unknown as Session)
    const request = asked.request as (contents: null, permission: string, answer: (granted: boolean) => void) => void
    const check = asked.check as (contents: null, permission: string) => boolean
    const granted: string[] = []
    const permissions = ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'usb', 'fullscreen']
    for (const permission of [...permissions, 'clipboard-sanitized-write']) {
      request(null, permission, (yes) => yes && granted.push(`request ${permission}`))
      if (check(null, permission)) granted.push(`check ${permission}`)
    }
    expect(granted).toEqual(['request clipboard-sanitized-write', 'check clipboard-sanitized-write'])
    expect((asked.device as () => boolean)()).toBe(false)
  })
})

describe('acceptPorts()', () => {
  /** Plays a page that opens a port; tells whether main took it, or closed it. */
  async function open(frame: FrameDouble | null): Promise<'accepted' | 'closed'> {
    const ipcMain = new EventEmitter()
    const accepted: Port[] = []
    acceptPorts(ipcMain as unknown as Pick<IpcMain, 'on'>, (port) => accepted.push(port))
    const { port1, port2 } = new MessageChannel()
    const closed = new Promise<'closed'>((resolve) => port1.once('close', () => resolve('closed')))
    ipcMain.emit(OPEN_CHANNEL, { senderFrame: frame, ports: [new MessagePortMainDouble(port2)] })
    if (accepted.length === 0) return closed
    port1.close()
    return 'accepted'
  }
  const own = { url: 'app://hopwire/', parent: null }

  it('accepts the top frame of our own page', async () => expect(await open(own)).toBe('accepted'))
  it('closes the port of a frame that is gone', async () => expect(await open(null)).toBe('closed'))
  it('closes the port of a frame inside a page', async () => expect(await open({ ...own, parent: own })).toBe('closed'))
  it.each(['https://example.com/', 'app://evil/', 'about:blank', ''])('closes the port of %s', async (url) =>
    expect(await open({ url, parent: null })).toBe('closed'),
  )

  it('survives a message without a port', () => {
    const ipcMain = new EventEmitter()
    acceptPorts(ipcMain as unknown as Pick<IpcMain, 'on'>, () => expect.unreachable())
    expect(ipcMain.emit(OPEN_CHANNEL, { senderFrame: own, ports: [] })).toBe(true)
  })
})

describe('answerAppRequest()', () => {
  const body = new TextEncoder().encode('page')
  const headers = { 'content-type': 'text/html', 'content-security-policy': CONTENT_SECURITY_POLICY }
  const files: RendererFiles = new Map([['/index.html', { body, headers }]])
  const answer = (url: string, method = 'GET') => answerAppRequest(files, { url, method })

  it.each(['app://hopwire/', 'app://hopwire/index.html', 'app://hopwire/?x=1#y'])(
    'serves the page at %s',
    async (url) => {
      const response = answer(url)
      expect([response.status, await response.text()]).toEqual([200, 'page'])
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    },
  )

  it.each([
    'app://evil/index.html',
    'app://hopwire/../../package.json',
    'app://hopwire/%2e%2e/package.json',
    'app://hopwire/index.html/',
    'app://hopwire/constructor',
    'file:///index.html',
    'nonsense',
  ])('finds nothing at %s and still sends the policy', (url) => {
    const response = answer(url)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
  })

  it('answers nothing but GET', () => expect(answer('app://hopwire/', 'POST').status).toBe(404))
})

describe('the page’s policy', () => {
  it('allows no inline code, no eval, no frames and no foreign host', () => {
    const others = CONTENT_SECURITY_POLICY.split('; ').filter((part) => part !== "style-src-attr 'unsafe-inline'")
    expect(others.join('; ')).not.toMatch(/unsafe|\*|https?:|blob:/)
    for (const part of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'none'"]) {
      expect(CONTENT_SECURITY_POLICY.split('; ')).toContain(part)
    }
  })
})

describe('buildMenu()', () => {
  const roles = (isPackaged: boolean) => JSON.stringify(buildMenu('linux', isPackaged))
  it('has the developer tools in a checkout only', () => {
    expect(roles(false)).toContain('toggleDevTools')
    expect(roles(true)).not.toContain('toggleDevTools')
  })
})

describe('chooseHost()', () => {
  it.each([
    [[], { kind: 'default' }],
    [['--no-sandbox', '--inspect=9229'], { kind: 'default' }],
    [['--docker-host', 'tcp://box:2375'], { kind: 'docker-host', url: 'tcp://box:2375' }],
    [['--docker-host=ssh://me@box?a=b'], { kind: 'docker-host', url: 'ssh://me@box?a=b' }],
    [['--context', 'prod'], { kind: 'context', name: 'prod' }],
    [['--snapshot', 'h.json'], { kind: 'snapshot', file: 'h.json' }],
  ])('%j chooses %j', (args, value) => {
    expect(chooseHost(args)).toEqual({ ok: true, value })
  })

  it.each([[['--snapshot']], [['--snapshot=']], [['--context', '--snapshot', 'x']], [['--context=a', '--snapshot=b']]])(
    'refuses %j',
    (args) => expect(chooseHost(args)).toMatchObject({ ok: false, failure: { code: 'bad-params' } }),
  )
})

describe('chooseHelper()', () => {
  it.each([
    [[], {}, null],
    [['--no-sandbox', '.'], { HOPWIRE_HELPER: 'allow' }, 'allowed'],
    [['--helper', 'refuse'], { HOPWIRE_HELPER: 'allow' }, 'refused'],
    [['--context', 'prod', '--helper=allow'], {}, 'allowed'],
  ])('%j with %j says %j', (args, env, value) => {
    expect(chooseHelper(args, env)).toEqual({ ok: true, value })
  })

  it.each([[['--helper']], [['--helper', 'yes']], [['--helper=allow', '--helper=refuse']]])('refuses %j', (args) =>
    expect(chooseHelper(args, {})).toMatchObject({ ok: false, failure: { code: 'bad-params' } }),
  )
})

describe('the window’s state', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-window-'))
  const path = join(folder, 'window.json')
  const first = { width: 1280, height: 800, maximized: false }
  afterAll(() => rmSync(folder, { recursive: true }))

  it('comes back as it was written', () => {
    writeWindowState(path, { width: 1500, height: 900, maximized: true })
    expect(readWindowState(path)).toEqual({ width: 1500, height: 900, maximized: true })
  })

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"width":10,"height":900}',
    '{"width":"1500","height":900}',
    '{"width":1e9,"height":900}',
  ])('is the first state for %j', (text) => {
    writeFileSync(path, text)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(readWindowState(path)).toEqual(first)
  })

  it('does not mind a file that cannot be written', () => {
    writeWindowState(join(folder, 'none', 'window.json'), first)
    expect(readWindowState(join(folder, 'none', 'window.json'))).toEqual(first)
  })
})
