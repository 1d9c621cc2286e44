import type { ExplainedField } from './inventory.ts'

/** Returns the path of a member below another: `Networks.my-net`, `Options["com.docker.network.bridge.name"]`. */
export function memberPath(path: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

/** Returns one field as a list of one; none where there is no value, which is as if it had not been given. */
export function explainField(
  path: string,
  label: string,
  value: string | null,
  explanation: string,
): readonly ExplainedField[] {
  return value === null || value === '' ? [] : [{ path, label, value, explanation }]
}

/** Returns a list in words, or null for an empty one. */
export function listed(values: readonly string[]): string | null {
  return values.length === 0 ? null : values.join(', ')
}
