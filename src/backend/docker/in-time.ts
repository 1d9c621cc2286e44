import { NoAnswer } from './engine-error.ts'

/** Gives what the call gives, or rejects with `NoAnswer` when that takes longer than so many milliseconds. */
export async function inTime<T>(call: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(milliseconds)), milliseconds)
  })
  return Promise.race([call, late]).finally(() => clearTimeout(timer))
}
