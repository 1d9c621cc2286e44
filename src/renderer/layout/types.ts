import type { Place } from '../playback/place.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** A rectangle by its upper left corner. All lengths are in the picture's own units: CSS pixels at 100 %. */
export interface Rect extends Point {
  readonly width: number
  readonly height: number
}

/** One cubic Bézier curve: start, two control points, end. */
export type Cubic = readonly [Point, Point, Point, Point]

export type FontName = 'title' | 'gate' | 'detail' | 'mono' | 'small' | 'compact' | 'heading' | 'far'
export type Tone = 'main' | 'dim' | 'faint' | 'port'

/** Returns the width of a text in a font. Supplied from outside, so that the layout stays pure. */
export type Measure = (text: string, font: FontName) => number

/** One line of text, already shortened to fit; `full` is what a tooltip shows when `text` is shorter. */
export interface TextRun extends Point {
  readonly text: string
  readonly full: string
  readonly font: FontName
  readonly tone: Tone
  readonly align: 'start' | 'middle' | 'end'
  /** The width that `text` may take. */
  readonly room: number
}

export type BoxKind = 'container' | 'bridge' | 'network' | 'gate' | 'nic' | 'outside'

/** One drawn thing. `places` are all places that light it up; `title` says all that had to be shortened. */
export interface Box extends Rect {
  readonly id: string
  readonly kind: BoxKind
  readonly place: Place
  readonly name: string
  readonly title: string
  readonly texts: readonly TextRun[]
  /** Its name alone, large: shown instead of `texts` when the picture is small. */
  readonly far: TextRun
  readonly radius: number
  readonly muted: boolean
  /** Points where links end, drawn as dots. */
  readonly ports: readonly (Point & { readonly key: string })[]
}

/** A gate has two lines that the scene fills while a packet plays; their room is there from the start. */
export interface Gate extends Box {
  readonly kind: 'gate'
  readonly lines: readonly TextRun[]
}

/** How a place is reached: links end at `port`, and a packet that stays there is shown at `rest`. */
export interface Anchor {
  readonly key: string
  readonly boxId: string | null
  readonly port: Point
  readonly rest: Point
}

/** A wire between two anchors, as smooth curves from the first to the second. */
export interface Link {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly curve: readonly Cubic[]
  readonly style: 'solid' | 'dashed' | 'hidden'
}

/** The containers of one network, framed and labelled where there are many. */
export interface Lane extends Rect {
  readonly id: string
  readonly framed: boolean
  readonly label: TextRun | null
  readonly far: TextRun | null
}

export interface Layout extends Rect {
  readonly hostFrame: Rect
  readonly headings: readonly TextRun[]
  readonly lanes: readonly Lane[]
  readonly boxes: readonly Box[]
  readonly gates: readonly Gate[]
  readonly links: readonly Link[]
  readonly anchors: Readonly<Record<string, Anchor>>
  /** A corner that stays free, for what has to be said about the packet's end. */
  readonly notice: Point
  /** Prefixes on the host's own wires: what is in one is on the LAN, everything else outside is the internet. */
  readonly lanPrefixes: readonly string[]
}
