import type { SetChange, Target } from '../../host/target.ts'
import { onlyNamed } from './module-reader.ts'
import type { Option } from './options.ts'

/** Reads SET. What `--map-set` takes from a set (a mark, a priority) is not read from it, and so not modelled. */
export function readSetChanges(options: readonly Option[]): Target | null {
  if (!onlyNamed(options, ['add-set', 'del-set', 'exist', 'timeout'])) return null
  const changes: SetChange[] = []
  for (const { name: option, values } of options) {
    if (option !== 'add-set' && option !== 'del-set') continue
    const [name, words = '', more] = values
    const directions = words.split(',')
    if (name === undefined || more !== undefined) return null
    if (!directions.every((word): word is 'src' | 'dst' => word === 'src' || word === 'dst')) return null
    changes.push({ action: option === 'add-set' ? 'add' : 'delete', name, directions })
  }
  return changes.length === 0 ? null : { kind: 'set', changes }
}
