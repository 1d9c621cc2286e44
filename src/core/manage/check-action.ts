import {
  byKind,
  describeValue,
  object,
  oneOf,
  type Report,
  type Shape,
  type ShapeProblem,
  text,
  textThat,
} from '../host/shape.ts'
import { containerFields, containerName, endpoint, network } from '../synth/scene/check-scene.ts'
import type { ContainerSpec, ManageAction } from './action.ts'

/** Whether a value is an action, and if not, all that is wrong with it. */
export type CheckedAction =
  | { readonly ok: true; readonly action: ManageAction }
  | { readonly ok: false; readonly problems: readonly ShapeProblem[] }

/** Longest action that is looked at, in characters of JSON: nobody types more into a dialog. */
const LONGEST_ACTION = 64 * 1024

const reference = textThat('a name', (value) => value.length > 0 && value.length <= 300 && !/\p{Cc}/u.test(value))

const { state: _state, image: _image, ...ofContainer } = containerFields

/** Docker invents a name where none is given; here one must be, since it is what the picture shows. */
const spec: Shape = object<ContainerSpec>({ ...ofContainer, image: reference })

const action: Shape = byKind<ManageAction>({
  'create-network': { network },
  'remove-network': { name: reference },
  'prune-networks': {},
  connect: { container: reference, endpoint },
  disconnect: { container: reference, network: reference },
  'run-container': { container: spec },
  'container-verb': { verb: oneOf('start', 'stop', 'restart', 'pause', 'unpause'), name: reference },
  'rename-container': { name: reference, to: containerName },
  'remove-container': { name: reference },
  'import-image': { upload: text, file: text },
  'remove-image': { image: reference },
})

/**
 * Checks that a value from outside is an action: every field with its path below `action`. Whether the host would take it is
 * the manager's to say. Never throws.
 */
export function checkAction(value: unknown): CheckedAction {
  const problems: ShapeProblem[] = []
  const report: Report = (path, message) => problems.push({ path, message })
  const long = (JSON.stringify(value) ?? '').length > LONGEST_ACTION
  if (long) report('', `at most ${LONGEST_ACTION} characters expected, ${describeValue(value)} of more found`)
  else action(value, '', report)
  return problems.length === 0 ? { ok: true, action: value as ManageAction } : { ok: false, problems }
}
