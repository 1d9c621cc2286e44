import { describe, expect, it } from 'vitest'
import { formatComparison } from '../../../src/core/trace/format-comparison.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { liveReport } from '../../support/live-report.ts'
import { dropInDockerUser, observeReport } from '../../support/observe-report.ts'
import { standardHost } from '../../support/scene.ts'
import { ping, syn, trace } from '../../support/trace-words.ts'

const host = standardHost(RULES_20)
const predicted = trace(host, ping('c1', '203.0.113.80'))
const NEW_RULE =
  '-A DOCKER-USER -s 172.17.0.2/32 -d 203.0.113.0/24 -i docker0 -m comment --comment "no echo requests from here to there" -m statistic --mode nth --every 1 --packet 0 -j DROP'
const dropped = liveReport(predicted, dropInDockerUser(observeReport(predicted), NEW_RULE), host, {
  lacks: ['drop reasons: this kernel has no tracefs'],
})

describe.each([80, 120])('formatComparison in %s columns', (width) => {
  it.each([
    ['agrees', liveReport(predicted)],
    ['proxy', liveReport(trace(host, syn('c1', 'host', 8080)))],
    ['dropped', dropped],
  ])('prints %s', async (name, live) => {
    const text = formatComparison(live, width)
    await expect(`${text}\n`).toMatchFileSnapshot(`golden-comparisons/${name}-${width}.txt`)
  })

  it('never prints a line that is longer, nor cuts a rule', () => {
    const text = formatComparison(dropped, width)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    const column = Math.floor((width - 3) / 2)
    const right = text.split('\n').map((line) => line.slice(column + 3).trim())
    expect(right.join(' ').replaceAll(/ +/g, ' ')).toContain(NEW_RULE)
  })
})

describe('formatComparison', () => {
  it('splits what is longer than a column instead of cutting it', () => {
    const long = `-A DOCKER-USER -m comment --comment ${'x'.repeat(90)} -j DROP`
    const text = formatComparison(liveReport(predicted, dropInDockerUser(observeReport(predicted), long), host), 80)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90)
    const letters = text
      .split('\n')
      .map((line) => line.slice(41).trim())
      .join('')
    expect(letters).toContain('x'.repeat(90))
  })
})
