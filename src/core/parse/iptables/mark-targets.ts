import type { Target } from '../../host/target.ts'
import { type Option, oneValue } from './options.ts'
import { readMasked, readNumber } from './values.ts'

type Operation = Extract<Target, { readonly kind: 'mark' | 'connmark' }>['operation']

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

/** Reads CONNMARK. Saving or restoring with two different masks is not modelled. */
export function readConnmark(options: readonly Option[]): Target | null {
  const [option, ...masks] = options
  if (option === undefined) return null
  if (option.name !== 'save-mark' && option.name !== 'restore-mark') {
    return masks.length === 0 ? readSetting('connmark', option) : null
  }
  const mask = commonMask(masks)
  const operation = option.name === 'save-mark' ? 'save' : 'restore'
  return mask === null ? null : { kind: 'connmark', operation, value: 0, mask }
}

function readSetting(kind: 'mark' | 'connmark', option: Option): Target | null {
  const operation = OPERATIONS.get(option.name)
  const masked = readMasked(oneValue(option) ?? '')
  return operation === undefined || masked === null ? null : { kind, operation, ...masked }
}

/** `--nfmask M --ctmask M`, `--mask M`, or none: all bits. */
function commonMask(masks: readonly Option[]): number | null {
  const values = masks.map((mask) => (MASK_NAMES.has(mask.name) ? readNumber(oneValue(mask) ?? '') : null))
  const [first = 0xffffffff] = values
  return first !== null && values.every((value) => value === first) && values.length <= 2 ? first : null
}

const MASK_NAMES: ReadonlySet<string> = new Set(['mask', 'nfmask', 'ctmask'])
