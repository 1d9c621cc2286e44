/** First words that are no names: those with which Docker's refusals and the managers' sentences begin. */
const PLAIN =
  /^(a|address|all|an|another|cannot|conflict|container|containers|conflicting|conflicts|connections|could|docker|done|driver|dropped|rejected|endpoint|error|existing|failed|gateway|image|images|in|invalid|it|its|name|network|networks|no|nothing|only|operation|port|ports|scene|subnet|taken|the|there|these|this|unable|undo|undone|unknown|unused|user|what|without)\b(?![:._-])/

/** Returns words as a sentence. A name that stands first keeps its letters: `web` is not `Web`. */
export function asSentence(text: string): string {
  const trimmed = text.trim()
  const begun = PLAIN.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}
