// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { keyCommand, type KeyPress, ownsKey } from '../../src/renderer/keyboard.ts'

function press(key: string, change: Partial<KeyPress> = {}): KeyPress {
  return { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...change }
}

function element(html: string, selector: string): Element {
  document.body.innerHTML = html
  const found = document.querySelector(selector)
  if (found === null) throw new Error(`no ${selector}`)
  return found
}

describe('keyCommand', () => {
  it('moves by steps with the arrows and by hops with shift', () => {
    expect(keyCommand(press('ArrowLeft'))).toBe('previous-step')
    expect(keyCommand(press('ArrowRight'))).toBe('next-step')
    expect(keyCommand(press('ArrowRight', { shiftKey: true }))).toBe('next-hop')
    expect(keyCommand(press('ArrowUp'))).toBe('previous-hop')
  })

  it('turns to a tab with its number', () => {
    expect(['1', '3', '5', '6', '0'].map((key) => keyCommand(press(key)))).toEqual([
      'trace',
      'manage',
      'session',
      null,
      null,
    ])
    expect(keyCommand(press('1', { ctrlKey: true }))).toBeNull()
  })

  it('leaves the system’s own combinations alone', () => {
    expect(keyCommand(press('ArrowLeft', { altKey: true }))).toBeNull()
    expect(keyCommand(press(' ', { ctrlKey: true }))).toBeNull()
    expect(keyCommand(press('x'))).toBeNull()
  })
})

describe('ownsKey', () => {
  it('keeps every key but Escape for a field', () => {
    const input = element('<input>', 'input')
    expect(ownsKey(input, ' ')).toBe(true)
    expect(ownsKey(input, 'ArrowLeft')).toBe(true)
    expect(ownsKey(input, 'Escape')).toBe(false)
  })

  it('keeps only the space bar for a button', () => {
    const inside = element('<button><span>Play</span></button>', 'span')
    expect(ownsKey(inside, ' ')).toBe(true)
    expect(ownsKey(inside, 'ArrowLeft')).toBe(false)
  })

  it('keeps nothing for the page', () => {
    expect(ownsKey(document.body, ' ')).toBe(false)
    expect(ownsKey(null, ' ')).toBe(false)
  })
})
