import type { LabGround } from '../../core/manage/lab.ts'
import type { Flow } from '../../core/trace/flow.ts'

/**
 * One thing that is graded, as its page says it. Names in double braces (see fill-names.ts) stand for addresses and devices
 * of the host. `once`: it need not hold any longer once it was seen to, since a later step takes it back.
 */
export type CheckSpec = { readonly text: string; readonly once: boolean } & (
  | TraceCheck
  | NetworkCheck
  | ContainerCheck
  | PublishedCheck
  | NameCheck
  | RuleCheck
  | DeviceCheck
)

/** What becomes of a flow. */
export interface TraceCheck {
  readonly kind: 'trace'
  readonly flow: Flow
  /** Dispositions, or the codes of what cannot be asked at all (`unknown-name`); any of them. */
  readonly is: readonly string[]
  /** Turned around: any but those. */
  readonly isNot: boolean
  /** What the reason or a step's words must have, as a regular expression. */
  readonly because: string | null
  /** Devices, kinds of steps, and chains and verdicts of the host's, on the packet's way out. */
  readonly meets: readonly string[]
  readonly avoids: readonly string[]
  /** The learner must have traced it since the lab began. */
  readonly asked: boolean
}

export interface NetworkCheck {
  readonly kind: 'network'
  readonly name: string
  readonly absent: boolean
  readonly driver: string | null
  readonly internal: boolean | null
}

export interface ContainerCheck {
  readonly kind: 'container'
  readonly name: string
  readonly absent: boolean
  readonly running: boolean | null
  readonly on: readonly string[]
  readonly notOn: readonly string[]
  readonly alias: string | null
  /** The network mode: `host`, `none`, `container:web`. */
  readonly mode: string | null
  /** Whether any of its ports is published. */
  readonly publishes: boolean | null
}

/** `8080->80`. */
export interface PublishedCheck {
  readonly kind: 'published'
  readonly hostPort: number
  readonly containerPort: number
  readonly address: string | null
}

/** What Docker's own resolver says to a container. `addresses` counts them; null for any number but none. */
export interface NameCheck {
  readonly kind: 'name'
  readonly name: string
  readonly from: string
  readonly resolves: boolean
  readonly addresses: number | null
}

export interface RuleCheck {
  readonly kind: 'rule'
  readonly chain: string
  /** A regular expression over the lines of iptables-save; null where the chain alone is meant. */
  readonly has: string | null
  readonly absent: boolean
}

/** A device of the host. */
export interface DeviceCheck {
  readonly kind: 'device'
  readonly device: string
  readonly address: string | null
}

export interface StepPage {
  readonly title: string
  readonly body: string
  readonly hint: string | null
  readonly checks: readonly CheckSpec[]
}

/** A lab as its file says it. */
export interface LabPage {
  /** The file's name without `.md`. */
  readonly id: string
  readonly number: number
  readonly title: string
  readonly aim: string
  readonly minutes: number
  /** A scene of resources/scenes, or one of resources/labs/scenes. */
  readonly scene: string
  readonly grounds: readonly LabGround[]
  /** What must be in a real engine. */
  readonly images: readonly string[]
  /** All that the page tells the learner to make: removed at the end of a lab on a real engine. */
  readonly containers: readonly string[]
  readonly networks: readonly string[]
  readonly intro: string
  readonly steps: readonly StepPage[]
}

/** What is wrong with a page, and where; lines are counted from one. */
export interface PageProblem {
  readonly message: string
  readonly line: number
}

export type ReadLab =
  | { readonly ok: true; readonly lab: LabPage }
  | { readonly ok: false; readonly problems: readonly PageProblem[] }
