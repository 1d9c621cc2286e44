import { expect, test } from './support/app-test.ts'
import { currentEvent, events, header, inspector, trace } from './support/use-app.ts'

/** The rule that keeps net-a and net-b apart, as each generation writes it. */
const ISOLATION: Readonly<Record<string, RegExp>> = {
  '20': /-A DOCKER-ISOLATION-STAGE-2 -o br-[0-9a-f]{12} -j DROP/,
  '28': /-A PREROUTING -d 172\.19\.0\.2\/32 ! -i br-[0-9a-f]{12} -j DROP/,
}

test('a ping across two networks dies at its rule', { tag: ['@docker20', '@launchers'] }, async ({
  app,
  generation,
}) => {
  await trace(app, { from: 'a1', to: '172.19.0.2' })
  await expect(app.locator('output.outcome')).toContainText('dropped by')
  await app.getByRole('button', { name: 'To the end' }).click()
  await expect(currentEvent(app)).toContainText('DROP')
  await expect(inspector(app)).toContainText(ISOLATION[generation] ?? /no rule is known for this engine/)
  await expect(inspector(app).getByRole('heading', { level: 3 })).toContainText('dropped the packet')
})

test('rules that did not match are shown on request', async ({ app }) => {
  await trace(app, { from: 'c1', to: '203.0.113.80' })
  await app.getByRole('button', { name: 'Pause' }).click()
  await app.getByLabel('Filter events').fill('MASQUERADE POSTROUTING')
  await events(app).last().click()
  const show = inspector(app).getByRole('button', { name: 'show' }).first()
  await show.click()
  await expect(inspector(app).locator('.tried li').first()).toContainText('-A ')
})

test('a SYN from outside is rewritten by its DNAT rule and reaches the listening socket', { tag: '@docker20' }, async ({
  app,
}) => {
  await trace(app, { from: 'external', to: 'host', protocol: 'TCP', port: 8080 })
  await app.getByRole('button', { name: 'Pause' }).click()
  await app.getByLabel('Filter events').fill('DNAT 8080')
  await events(app).last().click()
  await expect(header(app, 'ip.dst').locator('ins')).toHaveText('172.17.0.4')
  await expect(header(app, 'tcp.dstport').locator('ins')).toHaveText('80')
  await expect(inspector(app)).toContainText('--dport 8080 -j DNAT --to-destination 172.17.0.4:80')
  await app.getByLabel('Filter events').fill('web delivered')
  await expect(events(app).last()).toContainText('delivered to socket')
})
