/** Counts of one stage: numbers, the titles that failed with what they said, and the skipped titles (with their reasons). */
const empty = () => ({ passed: 0, failed: 0, failures: [], skipped: [] })

/** What a failure said: of a run whose output was cut, the list at its end is all that is left. */
const MOST_LINES = 40

function withWords(title, messages) {
  // oxlint-disable-next-line eslint/no-control-regex -- colours are control characters
  const words = messages.join('\n').replace(/\u001b\[[0-9;]*m/g, '')
  const lines = words.split('\n').filter((line) => line.trim() !== '' && !/^\s+at .*node_modules/.test(line))
  const rest = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} more lines)`] : []
  return [title, ...[...lines.slice(0, MOST_LINES), ...rest].map((line) => `      ${line}`)].join('\n')
}

/** Counts a vitest JSON report. A file that could not even be collected is one failure. */
export function countVitest(report) {
  const counts = empty()
  for (const file of report.testResults) {
    if (file.assertionResults.length === 0 && file.status === 'failed') {
      counts.failed += 1
      counts.failures.push(`${file.name}: ${String(file.message).split('\n')[0]}`)
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1
      else if (test.status === 'failed') {
        counts.failed += 1
        counts.failures.push(withWords(test.fullName, test.failureMessages ?? []))
      } else counts.skipped.push(test.fullName)
    }
  }
  return counts
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
    counts.failures.push(String(error.message).split('\n')[0])
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
