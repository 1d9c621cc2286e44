import { describe, expect, it } from 'vitest'
import type { HostState } from '../../../src/core/host/host-state.ts'
import { estimateWidth, FONTS } from '../../../src/renderer/layout/fonts.ts'
import { overlaps } from '../../../src/renderer/layout/geometry.ts'
import { layoutHost } from '../../../src/renderer/layout/layout-host.ts'
import { resolveAnchor } from '../../../src/renderer/layout/travel.ts'
import type { Layout, Rect, TextRun } from '../../../src/renderer/layout/types.ts'
import { textSpan } from '../../../src/renderer/layout/write-text.ts'
import { makeHost } from '../support/sample-host.ts'

const LONG = ['a-container-whose-name-does-not-fit-anywhere-at-all', 'container1']

const HOSTS: readonly (readonly [string, HostState])[] = [
  ['no container', makeHost({ containers: 0, networks: 1 })],
  ['2 containers on one network', makeHost({ containers: 2, networks: 1, names: LONG })],
  ['5 containers on two networks', makeHost({ containers: 5, networks: 2, names: LONG })],
  ['8 containers with oddities', makeHost({ containers: 8, networks: 3, names: LONG, oddities: true })],
  ['60 containers on five networks', makeHost({ containers: 60, networks: 5, names: LONG })],
  ['60 containers on five networks with oddities', makeHost({ containers: 60, networks: 5, oddities: true })],
  ['200 containers on seven networks', makeHost({ containers: 200, networks: 7 })],
]

describe.each(HOSTS)('the picture of a host with %s', (_, host) => {
  const layout = layoutHost(host, estimateWidth)
  const rects = [...layout.boxes, ...layout.gates]

  it('has a box for every namespace and bridge', () => {
    const ids = new Set(layout.boxes.map((box) => box.id))
    for (const namespace of host.namespaces.slice(1)) expect(ids).toContain(`container:${namespace.name}`)
    for (const device of host.namespaces[0]?.interfaces ?? []) {
      if (device.kind === 'bridge') expect(ids).toContain(`bridge:${device.name}`)
    }
  })

  it('lets no two boxes overlap', () => {
    expect(
      pairs(rects)
        .filter(([a, b]) => overlaps(a, b))
        .map(([a, b]) => [a.id, b.id]),
    ).toEqual([])
  })

  it('lets no two lanes overlap, and keeps labels clear of the boxes', () => {
    expect(pairs(layout.lanes).filter(([a, b]) => overlaps(a, b))).toEqual([])
    const labels = [...layout.lanes.flatMap((lane) => lane.label ?? []), ...layout.headings].map(spanOf)
    expect(pairs(labels).filter(([a, b]) => overlaps(a, b))).toEqual([])
    expect(labels.filter((label) => rects.some((box) => overlaps(label, box)))).toEqual([])
  })

  it('keeps every text inside its box and apart from the other texts there', () => {
    for (const box of rects) {
      const spans = [...box.texts, ...('lines' in box ? (box.lines as TextRun[]) : [])].map(spanOf)
      for (const span of spans) expect(isInside(span, box), `${box.id}: ${JSON.stringify(span)}`).toBe(true)
      expect(
        pairs(spans.filter((span) => span.width > 0)).filter(([a, b]) => overlaps(a, b)),
        box.id,
      ).toEqual([])
    }
  })

  it('stays within its own size, and the host within its frame', () => {
    for (const box of rects) {
      expect(isInside(box, layout), box.id).toBe(true)
      if (box.kind !== 'outside') expect(isInside(box, layout.hostFrame), box.id).toBe(true)
    }
  })

  it('has a point for every device of every namespace', () => {
    for (const { name: netns, interfaces } of host.namespaces) {
      for (const { name: device } of interfaces) {
        expect(resolveAnchor(layout, { kind: 'device', netns, device }), `${netns} ${device}`).not.toBeNull()
      }
    }
  })

  it('is the same picture every time', () => {
    const shuffled = { ...host, containers: [...host.containers].reverse(), networks: [...host.networks].reverse() }
    for (let run = 0; run < 3; run++) expect(layoutHost(host, estimateWidth)).toEqual(layout)
    expect(positions(layoutHost(shuffled, estimateWidth))).toEqual(positions(layout))
  })
})

describe('layoutHost', () => {
  it('keeps what is above a new container where it was', () => {
    const before = positions(layoutHost(makeHost({ containers: 2, networks: 1 }), estimateWidth))
    const after = positions(layoutHost(makeHost({ containers: 3, networks: 1 }), estimateWidth))
    const dy = (id: string) =>
      (after.find(([each]) => each === id)?.[2] ?? 0) - (before.find(([each]) => each === id)?.[2] ?? 0)
    expect(dy('container:container:app-1')).toBe(dy('container:container:app-2'))
  })

  it('gives 60 containers on five networks several columns and a usable shape', () => {
    const layout = layoutHost(makeHost({ containers: 60, networks: 5 }), estimateWidth)
    const columns = new Set(layout.boxes.filter((box) => box.kind === 'container').map((box) => box.x))
    expect(columns.size).toBeGreaterThan(1)
    expect(layout.width / layout.height).toBeGreaterThan(1)
    expect(layout.width / layout.height).toBeLessThan(2.2)
  })

  it('shows more of each container where there is more room, and the same in the same room', () => {
    const host = makeHost({ containers: 10, networks: 4 })
    const rows = (width: number, height: number) =>
      layoutHost(host, estimateWidth, { width, height }).boxes.find((box) => box.kind === 'container')?.texts.length ??
      0
    expect(rows(1300, 900)).toBeGreaterThan(rows(640, 480))
    expect(rows(640, 480)).toBe(rows(640, 480))
  })

  it('shows what could not be read as unread, never as empty', () => {
    const host = makeHost({ containers: 1, networks: 1 })
    const blind = {
      ...host,
      namespaces: host.namespaces.map((each, index) =>
        index === 0 ? { ...each, sockets: null, rulesets: { iptables: null, nft: null, ipsets: null } } : each,
      ),
    }
    const lines = layoutHost(blind, estimateWidth).gates.flatMap((gate) => gate.lines.map((line) => line.full))
    expect(lines).toContain('sockets not read')
    expect(lines).toContain('rules not read')
  })

  it('shows a running container whose namespace was not found', () => {
    const host = makeHost({ containers: 1, networks: 1 })
    const lost = {
      ...host,
      namespaces: host.namespaces.slice(0, 1),
      containers: host.containers.map((each) => ({ ...each, namespace: null })),
    }
    const box = layoutHost(lost, estimateWidth).boxes.find((each) => each.name === 'app-1')
    expect(box?.texts.map((text) => text.text)).toContain('not read')
  })
})

function positions(layout: Layout): readonly (readonly [string, number, number])[] {
  return layout.boxes.map((box) => [box.id, box.x, box.y] as const).sort(([a], [b]) => (a < b ? -1 : 1))
}

function spanOf(run: TextRun): Rect {
  const [left, right] = textSpan(run, estimateWidth)
  const { size } = FONTS[run.font]
  return { x: left, y: run.y - size * 0.75, width: right - left, height: size }
}

function isInside(inner: Rect, outer: Rect): boolean {
  const slack = 0.01
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  )
}

function pairs<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b] as const))
}
