/** Returns a sentence with its full stop. It keeps its first letter: names often stand there. */
export function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
