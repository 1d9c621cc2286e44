// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { WatchFlow } from '../../../../src/core/watch/watch.ts'
import { FlowTable } from '../../../../src/renderer/panels/watch/flow-table.tsx'
import { type FlowOrder, turnOrder, USUAL_ORDER } from '../../../../src/renderer/panels/watch/list-flows.ts'
import { makeFlow } from '../../support/watch-samples.ts'
import { render } from '../render.tsx'

function table(flows: readonly WatchFlow[], filter = '') {
  const traced: number[] = []
  const selections: number[] = []
  let order: FlowOrder = USUAL_ORDER
  let selected: number | null = null
  let shown = flows
  const node = () => (
    <FlowTable
      flows={new Map(shown.map((flow) => [flow.id, flow]))}
      elapsed={100_000}
      filter={filter}
      order={order}
      selected={selected}
      none="Nothing yet."
      onOrder={(column) => {
        order = turnOrder(order, column)
        page.show(node())
      }}
      onSelect={(id) => {
        selected = id
        selections.push(id)
        page.show(node())
      }}
      onTrace={({ id }) => traced.push(id)}
    />
  )
  const page = render(node())
  const rows = () => [...page.box.querySelectorAll('tr.flow')].map((row) => Number(row.id.replace('flow-', '')))
  const show = (next: readonly WatchFlow[]) => {
    shown = next
    page.show(node())
  }
  return { page, rows, traced, selections, show }
}

describe('the table of flows', () => {
  it('draws only the rows in sight of thousands, and says how many there are', () => {
    const { page, rows } = table(Array.from({ length: 3000 }, (_, index) => makeFlow(index)))
    expect(rows().length).toBeLessThan(60)
    expect(rows()[0]).toBe(2999)
    expect(page.find('table').getAttribute('aria-rowcount')).toBe('3001')
    expect(page.find('tr.watch-gap').style.height).not.toBe('')
  })

  it('sorts by a press on a heading, and tells by what', () => {
    const { page, rows } = table([
      makeFlow(1, { sent: { packets: 1, bytes: 1 } }),
      makeFlow(2, { sent: { packets: 900, bytes: 1 } }),
      makeFlow(3, { sent: { packets: 20, bytes: 1 } }),
    ])
    expect(page.find('th.flow-age').getAttribute('aria-sort')).toBe('ascending')
    page.click(page.find('th.flow-packets button'))
    expect(rows()).toEqual([2, 3, 1])
    expect(page.find('th.flow-packets').getAttribute('aria-sort')).toBe('descending')
    expect(page.find('th.flow-age').getAttribute('aria-sort')).toBe('none')
    page.click(page.find('th.flow-packets button'))
    expect(rows()).toEqual([1, 3, 2])
  })

  it('is walked with arrows, and Enter traces the row', () => {
    const { page, selections, traced } = table([makeFlow(1), makeFlow(2), makeFlow(3)])
    page.focus(page.find('table'))
    page.press('ArrowDown')
    page.press('ArrowDown')
    expect(selections).toEqual([3, 2])
    expect(page.find('table').getAttribute('aria-activedescendant')).toBe('flow-2')
    page.press('Enter')
    expect(traced).toEqual([2])
    page.press('End')
    page.press('ArrowDown')
    expect(selections.at(-1)).toBe(1)
  })

  it('shows both ends with names, the translation and the state', () => {
    const { page } = table([makeFlow(1)])
    const words = page.find('tr.flow').textContent
    for (const word of [
      'c1 172.17.0.2:40001',
      'web 198.51.100.10:8080',
      '198.51.100.10:8080 → 172.17.0.4:80',
      'ESTABLISHED',
    ])
      expect(words).toContain(word)
    expect(words).toContain('1:39')
  })

  it('keeps its rows in their places while the pointer is among them', () => {
    const { page, rows, show } = table([makeFlow(1), makeFlow(2)])
    expect(rows()).toEqual([2, 1])
    page.point(page.find('tbody'), 'pointermove')
    show([makeFlow(1, { state: 'CLOSE' }), makeFlow(2), makeFlow(3), makeFlow(4)])
    expect(rows()).toEqual([2, 1])
    expect(page.find('#flow-1').textContent).toContain('CLOSE')
    expect(page.find('.watch-waiting').textContent).toContain('2 more wait')
    show([makeFlow(1), makeFlow(3), makeFlow(4)])
    expect(rows()).toEqual([1])
    page.point(page.find('.watch-scroll'), 'pointerout')
    expect(rows()).toEqual([4, 3, 1])
  })

  it('tells an empty table from one whose filter matches nothing', () => {
    expect(table([]).page.box.textContent).toContain('Nothing yet.')
    expect(table([makeFlow(1)], 'nobody').page.box.textContent).toContain(
      'No flow matches. Clear the filter to see all 1.',
    )
  })
})
