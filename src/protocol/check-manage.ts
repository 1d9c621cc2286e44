import { checkAction } from '../core/manage/check-action.ts'
import type { ManageAction } from '../core/manage/action.ts'
import { checkFields, LONGEST_ID } from './check-transfer.ts'
import { badParams, type Checked, checkInteger, checkText } from './check-value.ts'
import type { Params } from './contract.ts'
import type { TerminalSize } from './manage-methods.ts'

const LONGEST_NAME = 300

/** Most lines of a log that are given at its beginning. */
const MOST_LOG_LINES = 10_000

/** Longest input to a terminal in one call, in characters: more than anybody pastes at once. */
const LONGEST_INPUT = 64 * 1024

const MOST_ARGUMENTS = 100

/** Checks the parameters of `planAction`. */
export function checkPlan(input: unknown): Checked<Params<'planAction'>> {
  const record = checkFields(input, ['action', 'reach'])
  if (!record.ok) return record
  const { reach } = record.value
  if (typeof reach !== 'boolean') return badParams('reach', 'must be true or false')
  const action = readAction(record.value.action)
  return action.ok ? { ok: true, value: { action: action.value, reach } } : action
}

/** Checks the parameters of `doAction`. */
export function checkDo(input: unknown): Checked<Params<'doAction'>> {
  const record = checkFields(input, ['action'])
  if (!record.ok) return record
  const action = readAction(record.value.action)
  return action.ok ? { ok: true, value: { action: action.value } } : action
}

function readAction(input: unknown): Checked<ManageAction> {
  const checked = checkAction(input)
  if (checked.ok) return { ok: true, value: checked.action }
  const [first] = checked.problems
  const at = first === undefined || first.path === '' ? 'action' : `action.${first.path}`
  return badParams(at, `is wrong: ${first?.message ?? 'no action'}`)
}

/** Checks the parameters of `inspectObject`. */
export function checkObject(input: unknown): Checked<Params<'inspectObject'>> {
  const record = checkFields(input, ['kind', 'name'])
  if (!record.ok) return record
  const { kind } = record.value
  if (kind !== 'network' && kind !== 'container' && kind !== 'image')
    return badParams('kind', 'must be one of network, container, image')
  const name = checkText(record.value.name, 'name', LONGEST_NAME)
  return name.ok ? { ok: true, value: { kind, name: name.value } } : name
}

/** Checks the parameters of `openLogs`. */
export function checkLogs(input: unknown): Checked<Params<'openLogs'>> {
  const record = checkFields(input, ['container', 'tail'])
  if (!record.ok) return record
  const container = checkText(record.value.container, 'container', LONGEST_NAME)
  if (!container.ok) return container
  const tail = checkInteger(record.value.tail, 'tail', 0, MOST_LOG_LINES)
  return tail.ok ? { ok: true, value: { container: container.value, tail: tail.value } } : tail
}

/** Checks the parameters of `openTerminal`. */
export function checkTerminal(input: unknown): Checked<Params<'openTerminal'>> {
  const record = checkFields(input, ['container', 'command', 'columns', 'rows'])
  if (!record.ok) return record
  const { command } = record.value
  const container = checkText(record.value.container, 'container', LONGEST_NAME)
  if (!container.ok) return container
  const isList = Array.isArray(command) && command.length <= MOST_ARGUMENTS
  if (!isList || !command.every((word): word is string => typeof word === 'string' && word.length <= LONGEST_INPUT))
    return badParams('command', `must be a list of at most ${MOST_ARGUMENTS} texts`)
  const size = checkSize(record.value)
  return size.ok ? { ok: true, value: { container: container.value, command, ...size.value } } : size
}

/** Checks the parameters of `writeTerminal`. Control characters are what a terminal is for. */
export function checkWrite(input: unknown): Checked<Params<'writeTerminal'>> {
  const record = checkFields(input, ['id', 'data'])
  if (!record.ok) return record
  const id = checkText(record.value.id, 'id', LONGEST_ID)
  if (!id.ok) return id
  const { data } = record.value
  if (typeof data !== 'string' || data.length > LONGEST_INPUT)
    return badParams('data', `must be a text of at most ${LONGEST_INPUT} characters`)
  return { ok: true, value: { id: id.value, data } }
}

/** Checks the parameters of `resizeTerminal`. */
export function checkResize(input: unknown): Checked<Params<'resizeTerminal'>> {
  const record = checkFields(input, ['id', 'columns', 'rows'])
  if (!record.ok) return record
  const id = checkText(record.value.id, 'id', LONGEST_ID)
  if (!id.ok) return id
  const size = checkSize(record.value)
  return size.ok ? { ok: true, value: { id: id.value, ...size.value } } : size
}

function checkSize(value: Readonly<Record<string, unknown>>): Checked<TerminalSize> {
  const columns = checkInteger(value.columns, 'columns', 2, 1000)
  if (!columns.ok) return columns
  const rows = checkInteger(value.rows, 'rows', 1, 1000)
  return rows.ok ? { ok: true, value: { columns: columns.value, rows: rows.value } } : rows
}

/** Checks the parameters of `startLab`. */
export function checkLab(input: unknown): Checked<Params<'startLab'>> {
  const record = checkFields(input, ['lab', 'ground'])
  if (!record.ok) return record
  const { ground } = record.value
  if (ground !== 'sandbox' && ground !== 'docker') return badParams('ground', 'must be sandbox or docker')
  const lab = checkText(record.value.lab, 'lab', LONGEST_ID)
  return lab.ok ? { ok: true, value: { lab: lab.value, ground } } : lab
}

/** Longer than any command of a page. */
const LONGEST_COMMAND = 1000

/** Checks the parameters of `labCommand`. */
export function checkLabCommand(input: unknown): Checked<Params<'labCommand'>> {
  const record = checkFields(input, ['command'])
  if (!record.ok) return record
  const command = checkText(record.value.command, 'command', LONGEST_COMMAND)
  return command.ok ? { ok: true, value: { command: command.value } } : command
}

/** Checks the parameters of `openSandbox`. */
export function checkSceneName(input: unknown): Checked<Params<'openSandbox'>> {
  const record = checkFields(input, ['scene'])
  if (!record.ok) return record
  const scene = checkText(record.value.scene, 'scene', LONGEST_NAME)
  return scene.ok ? { ok: true, value: { scene: scene.value } } : scene
}
