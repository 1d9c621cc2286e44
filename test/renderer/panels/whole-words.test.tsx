// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { WholeWords } from '../../../src/renderer/panels/whole-words.tsx'
import { render } from './render.tsx'

it('keeps the text as it is and holds words with hyphens together', () => {
  const rule = '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'
  const page = render(<WholeWords text={rule} />)
  expect(page.box.textContent).toBe(rule)
  expect([...page.box.querySelectorAll('.word')].map((word) => word.textContent)).toEqual(['-A', '-s', '-o', '-j'])
})
