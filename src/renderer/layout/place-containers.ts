import { BOX_WIDTH, type ContainerBox, type Density, drawContainer } from './container-box.ts'
import type { Group, Member } from './group-namespaces.ts'
import type { Lane, Measure, Point, Rect } from './types.ts'
import { writeText } from './write-text.ts'

/** A container's box where it stands, with the height of the gutter below its row. */
export interface PlacedContainer {
  readonly member: Member
  readonly drawn: ContainerBox
  readonly gutter: number
}

export interface PlacedGroup {
  readonly group: Group
  readonly lane: Lane
  readonly containers: readonly PlacedContainer[]
}

export interface ContainerColumn extends Rect {
  readonly density: Density
  readonly columns: number
  readonly groups: readonly PlacedGroup[]
}

/** A bridge without containers still needs this much height for its own box. */
const LEAST_LANE = 74
const LANE_GAP: Readonly<Record<Density, number>> = { full: 34, medium: 26, dense: 14 }
const ROW_GAP: Readonly<Record<Density, number>> = { full: 28, medium: 24, dense: 11 }
const COLUMN_GAP = 10
const LABEL = 21
const INSET = 8

/** What the whole picture needs beside the containers' column. */
const OTHERS = { width: 702, height: 128 }
const DENSITIES: readonly Density[] = ['full', 'medium', 'dense']
const MOST_COLUMNS = 8
/** A density is given up for a denser one when the whole picture would be shown smaller than this. */
const LEAST_SCALE: Readonly<Record<Density, number>> = { full: 0.8, medium: 0.69, dense: 0 }

/** The size that the picture is shown in, where nobody says another. */
export const USUAL_ROOM = { width: 840, height: 660 }

export interface Room {
  readonly width: number
  readonly height: number
}

/**
 * Returns the containers' column at (x, y): lanes below one another, in each the boxes row by row. Density and number of
 * columns are the roomiest at which the whole picture fits its room; they depend on the containers and the room alone.
 */
export function placeContainers(
  groups: readonly Group[],
  origin: Point,
  room: Room,
  measure: Measure,
): ContainerColumn {
  let best: ContainerColumn | null = null
  for (const density of DENSITIES) {
    best = null
    for (let columns = 1; columns <= MOST_COLUMNS; columns++) {
      const column = placeAs(groups, origin, density, columns, measure)
      if (best === null || scaleOf(column, room) > scaleOf(best, room) * 1.02) best = column
    }
    if (best !== null && scaleOf(best, room) >= LEAST_SCALE[density]) return best
  }
  return best as ContainerColumn
}

function scaleOf(column: ContainerColumn, room: Room): number {
  return Math.min(room.width / (column.width + OTHERS.width), room.height / (column.height + OTHERS.height))
}

function placeAs(
  groups: readonly Group[],
  origin: Point,
  density: Density,
  columns: number,
  measure: Measure,
): ContainerColumn {
  const most = Math.max(1, ...groups.map((group) => group.members.length))
  const used = Math.min(columns, most)
  const framed = used > 1
  const width = used * BOX_WIDTH[density] + (used - 1) * COLUMN_GAP + (framed ? 2 * INSET : 0)
  let y = origin.y
  const placed = groups.map((group) => {
    const result = placeGroup(group, { x: origin.x, y }, { density, columns: used, framed, width }, measure)
    y += result.lane.height + LANE_GAP[density]
    return result
  })
  const height = Math.max(0, y - LANE_GAP[density] - origin.y)
  return { ...origin, width, height, density, columns: used, groups: placed }
}

interface Grid {
  readonly density: Density
  readonly columns: number
  readonly framed: boolean
  readonly width: number
}

function placeGroup(group: Group, at: Point, grid: Grid, measure: Measure): PlacedGroup {
  const { density, columns, framed, width } = grid
  const inset = framed ? INSET : 0
  const labelled = framed || group.kind === 'host' || group.kind === 'none' || group.kind === 'other'
  const containers: PlacedContainer[] = []
  let y = at.y + (labelled ? LABEL : 0)
  for (let first = 0; first < group.members.length; first += columns) {
    const row = group.members.slice(first, first + columns).map((member) => ({
      member,
      drawn: drawContainer(member, density, columns > 1 ? 'below' : 'right', measure),
    }))
    const height = Math.max(...row.map(({ drawn }) => drawn.box.height))
    row.forEach(({ member, drawn }, index) => {
      const x = at.x + inset + index * (BOX_WIDTH[density] + COLUMN_GAP)
      containers.push({
        member,
        drawn: moveBox(drawn, { x, y }, height, columns > 1),
        gutter: y + height + ROW_GAP[density] / 2,
      })
    })
    y += height + ROW_GAP[density]
  }
  const used = group.members.length === 0 ? y - at.y : y - at.y - (framed ? 0 : ROW_GAP[density])
  const height = Math.max(group.kind === 'bridge' || group.kind === 'driver' ? LEAST_LANE : 0, used)
  const lane = { id: group.id, framed, x: at.x, y: at.y, width, height }
  if (!labelled) return { group, lane: { ...lane, label: null, far: null }, containers }
  const start = { x: at.x + inset + 2, y: at.y + 15, room: width - 2 * inset - 4 }
  const label = writeText(start, labelOf(group), 'small', 'faint', measure)
  const far = writeText(start, group.label, 'far', 'faint', measure)
  return { group, lane: { ...lane, label, far }, containers }
}

function labelOf(group: Group): string {
  const subnet = group.network?.subnets[0]?.prefix
  return [group.label, ...(subnet === undefined ? [] : [subnet]), `${group.members.length}`].join(' · ')
}

/** Moves a box from the origin; boxes of one row get the same height, so that ports below keep to one line. */
function moveBox({ box, wires }: ContainerBox, by: Point, height: number, stretch: boolean): ContainerBox {
  const dy = stretch ? height - box.height : 0
  const move = <P extends Point>(point: P, down = 0): P => ({ ...point, x: point.x + by.x, y: point.y + by.y + down })
  return {
    box: {
      ...move(box),
      height: stretch ? height : box.height,
      texts: box.texts.map((text) => move(text)),
      far: move(box.far, dy / 2),
      ports: box.ports.map((port) => move(port, dy)),
    },
    wires: wires.map((wire) => ({ ...wire, port: move(wire.port, dy) })),
  }
}
