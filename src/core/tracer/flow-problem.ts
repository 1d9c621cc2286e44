/** Why a flow cannot be traced at all: nothing to do with what becomes of its packets. */
export interface FlowProblem {
  readonly code: 'unknown-endpoint' | 'unknown-name' | 'bad-flow'
  readonly message: string
  readonly hint?: string
}

/** A value, or the problem with the flow. */
export type Found<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: FlowProblem }

export function found<T>(value: T): Found<T> {
  return { ok: true, value }
}

export function problem(code: FlowProblem['code'], message: string, hint?: string): Found<never> {
  return { ok: false, problem: { code, message, ...(hint === undefined ? {} : { hint }) } }
}
