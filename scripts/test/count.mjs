/** Counts of one stage: numbers, the titles that failed with what they said, and the skipped titles (with their reasons). */
export const empty = () => ({ passed: 0, failed: 0, failures: [], skipped: [] })

/** What a failure said: of a run whose output was cut, the list at its end is all that is left. */
const MOST_LINES = 40

/** A failed test's title with what it said below it, without colours and without the libraries' lines. */
export function withWords(title, messages) {
  // oxlint-disable-next-line eslint/no-control-regex -- colours are control characters
  const words = messages.join('\n').replace(/\u001b\[[0-9;]*m/g, '')
  const lines = words.split('\n').filter((line) => line.trim() !== '' && !/^\s+at .*node_modules/.test(line))
  const rest = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} more lines)`] : []
  return [title, ...[...lines.slice(0, MOST_LINES), ...rest].map((line) => `      ${line}`)].join('\n')
}

/** Counts a Playwright JSON report, walking its nested suites. */
export function countPlaywright(report) {
  const counts = empty()
  const walk = (suite, path) => {
    for (const child of suite.suites ?? []) walk(child, [...path, child.title])
    for (const spec of suite.specs ?? []) for (const test of spec.tests) countSpec(counts, [...path, spec.title], test)
  }
  for (const suite of report.suites ?? []) walk(suite, [])
  for (const error of report.errors ?? []) {
    counts.failed += 1
    counts.failures.push(withWords('an error outside of any test', [String(error.message)]))
  }
  return counts
}

function countSpec(counts, path, test) {
  const title = `[${test.projectName}] ${path.join(' > ')}`
  if (test.status === 'skipped') {
    const reasons = test.annotations.filter((a) => a.type === 'skip').map((a) => a.description)
    counts.skipped.push(`${title}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`)
  } else if (test.status === 'expected' || test.status === 'flaky') counts.passed += 1
  else {
    counts.failed += 1
    const said = (test.results ?? []).flatMap(({ errors }) => errors ?? []).map(({ message }) => message ?? '')
    counts.failures.push(withWords(title, said))
  }
}
