// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { Inventory } from '../../../../src/renderer/panels/inventory/inventory.tsx'
import { render } from '../render.tsx'
import { sampleHost } from '../sample-host.ts'

function setUp() {
  const chosen: string[] = []
  const page = render(
    <Inventory
      host={sampleHost()}
      onContainer={(name) => chosen.push(`container ${name}`)}
      onNetwork={(name) => chosen.push(`network ${name}`)}
    />,
  )
  const rows = () => [...page.box.querySelectorAll<HTMLElement>('[role="treeitem"]')]
  return { page, chosen, rows }
}

describe('Inventory', () => {
  it('can be walked, closed and chosen from with the keyboard', () => {
    const { page, chosen, rows } = setUp()
    page.focus(rows()[0])
    page.press('ArrowDown')
    expect(document.activeElement?.textContent).toContain('c1')
    page.press('Enter')
    page.press('ArrowLeft')
    page.press(' ')
    expect(chosen).toEqual(['container c1', 'network bridge'])
    const before = rows().length
    page.press('ArrowLeft')
    expect(rows().length).toBe(before - 3)
    expect(document.activeElement?.getAttribute('aria-expanded')).toBe('false')
  })

  it('has exactly one row in the tab order', () => {
    const { rows } = setUp()
    expect(rows().filter((row) => row.tabIndex === 0)).toHaveLength(1)
  })

  it('follows the host: what is gone is gone', () => {
    const { page, rows } = setUp()
    const host = sampleHost()
    const nothing = () => undefined
    page.show(<Inventory host={{ ...host, containers: [] }} onContainer={nothing} onNetwork={nothing} />)
    expect(rows().map((row) => row.getAttribute('aria-level'))).toEqual(['1', '1', '1'])
    page.show(<Inventory host={null} onContainer={nothing} onNetwork={nothing} />)
    expect(page.box.textContent).toContain('Not read yet')
  })
})
