/** Returns a refusal in Docker's own words: without what the command line puts around them (20.10's ends with a full stop), and without ids. */
export function plainWords(text: string): string {
  return (text.split('Error response from daemon: ').at(-1) ?? '')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '<id>')
    .replace(/\n[\s\S]*$/, '')
    .trim()
    .replace(/\.$/, '')
}
