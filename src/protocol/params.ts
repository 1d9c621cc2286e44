import { checkFlow } from './check-flow.ts'
import { badParams, type Checked, checkKeys, checkRecord } from './check-value.ts'
import type { Method, Params } from './contract.ts'

/** Checks the arguments of every method at run time: the compiler demands one checker per method of the contract. */
export const PARAM_CHECKS: { readonly [M in Method]: (input: unknown) => Checked<Params<M>> } = {
  hello: checkNone,
  hostState: checkNone,
  refresh: checkNone,
  trace: checkTrace,
}

function checkNone(input: unknown): Checked<Record<string, never>> {
  const record = checkRecord(input, 'params')
  if (!record.ok) return record
  const keys = checkKeys(record.value, [], 'params')
  return keys.ok ? { ok: true, value: {} } : keys
}

function checkTrace(input: unknown): Checked<Params<'trace'>> {
  const record = checkRecord(input, 'params')
  if (!record.ok) return record
  const keys = checkKeys(record.value, ['flow', 'tried'], 'params')
  if (!keys.ok) return keys
  const flow = checkFlow(record.value.flow, 'flow')
  if (!flow.ok) return flow
  const tried = record.value.tried
  if (typeof tried !== 'boolean') return badParams('tried', 'must be true or false')
  return { ok: true, value: { flow: flow.value, tried } }
}
