/**
 * Returns the object behind a guard that throws when a member is used that the double does not have. So a call to an API
 * that nobody has modelled fails with its name, and is not taken for "undefined".
 */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      // `then` is asked for by every await, and symbols by inspection.
      if (key in object || typeof key === 'symbol' || key === 'then') return Reflect.get(object, key, receiver)
      throw new Error(`the Electron double has no ${name}.${key}`)
    },
  })
}
