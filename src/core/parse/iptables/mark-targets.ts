import type { Target } from '../../host/target.ts'
import { type Option, oneValue } from './options.ts'
import { readMasked, readNumber } from './values.ts'

type MarkTarget = Extract<Target, { readonly kind: 'mark' | 'connmark' }>
type Operation = MarkTarget['operation']

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    'set-mark': 'set',
    'set-xmark': 'xset',
    'and-mark': 'and',
    'or-mark': 'or',
    'xor-mark': 'xor',
  }),
)

/** Reads MARK; iptables-save writes every form as `--set-xmark VALUE/MASK`, older ones with their own names. */
export function readMark(options: readonly Option[]): Target | null {
  const [option, extra] = options
  return option === undefined || extra !== undefined ? null : readSetting('mark', option)
}

/** Reads CONNMARK, which may move the mark to the left or right on its way. */
export function readConnmark(options: readonly Option[]): Target | null {
  const [option, ...others] = options
  if (option === undefined) return null
  const shift = readShift(others)
  const masks = others.filter(({ name }) => !name.endsWith('-shift-mark'))
  if (shift === null) return null
  if (option.name !== 'save-mark' && option.name !== 'restore-mark') {
    const setting = masks.length === 0 ? readSetting('connmark', option) : null
    return setting === null ? null : { ...setting, ...shift }
  }
  const both = readMasks(masks)
  const operation = option.name === 'save-mark' ? 'save' : 'restore'
  return both === null ? null : { kind: 'connmark', operation, value: 0, ...both, ...shift }
}

/** `--left-shift-mark 8`. */
function readShift(options: readonly Option[]): { readonly shift?: number } | null {
  const shifts = options.filter(({ name }) => name === 'left-shift-mark' || name === 'right-shift-mark')
  const [first, extra] = shifts
  if (first === undefined) return {}
  const bits = readNumber(oneValue(first) ?? '')
  if (bits === null || bits > 31 || extra !== undefined) return null
  return { shift: first.name === 'left-shift-mark' ? bits : -bits }
}

/** `--nfmask M --ctmask M`, `--mask M` for both, or none: all bits. */
function readMasks(options: readonly Option[]): { readonly mask: number; readonly ctMask?: number } | null {
  let [mask, ctMask] = [0xffffffff, 0xffffffff]
  for (const option of options) {
    const value = readNumber(oneValue(option) ?? '')
    if (value === null || !MASK_NAMES.has(option.name)) return null
    if (option.name !== 'ctmask') mask = value
    if (option.name !== 'nfmask') ctMask = value
  }
  return mask === ctMask ? { mask } : { mask, ctMask }
}

const MASK_NAMES: ReadonlySet<string> = new Set(['mask', 'nfmask', 'ctmask'])

function readSetting(kind: 'mark' | 'connmark', option: Option): MarkTarget | null {
  const operation = OPERATIONS.get(option.name)
  const masked = readMasked(oneValue(option) ?? '')
  return operation === undefined || masked === null ? null : { kind, operation, ...masked }
}
