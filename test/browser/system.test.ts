import { afterAll, beforeAll, expect, test } from 'vitest';
import { warmedUp } from '../helper/upload.ts';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const browser = useBrowser();
let now = Date.parse('2026-11-26T00:16:00Z');
let target: ListeningService;

const poll = (payload: object) =>
  target.service.app.inject({ method: 'POST', url: '/paper/signal', payload });

beforeAll(async () => {
  target = await startListeningService({ now: () => now });
  await warmedUp(target.service.app, 'ppo_v1');
  for (let polls = 0; polls < 5; polls++) {
    now += 30_000;
    await poll({ model_id: 'ppo_v1' });
  }
  await poll({ model_id: 'nobody <b>at all</b>' });
});
afterAll(() => target.close());

test('shows at a glance that all parts work, who polls, and what went wrong', async () => {
  const { page, visit, screenshot, expectAccessible } = await browser.openPage(target);
  await visit('/system');
  expect(await page.getByText('Ready', { exact: true }).count()).toBe(4);
  const row = (table: string, text: string) =>
    page.getByRole('region', { name: table, exact: true }).getByRole('row').filter({ hasText: text });
  await row('Symbols', 'BTCUSDT').getByText('2026-11-26 00:15').waitFor();
  await row('Accounts and their loops', 'paper_ppo_v1').getByText('Loop polling').waitFor();
  await row('Models in memory', 'ppo_v1').waitFor();
  await row('Recent errors', 'MODEL_NOT_FOUND')
    .getByText(/nobody <b>at all<\/b>/)
    .waitFor();
  await page.getByText('No alerts yet').waitFor();
  await expectAccessible();
  await screenshot('system-desktop-light');
});

test('follows the warm-ups and the errors live', async () => {
  const { page, visit } = await browser.openPage(target);
  await visit('/system');
  const warmUps = page.getByRole('region', { name: 'Warm-ups', exact: true });
  await warmUps.getByRole('link', { name: 'ppo_v1' }).waitFor();
  await poll({ model_id: 'ppo_v1', current_price: 5 });
  await target.service.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/archive' });
  await page.getByText('No active package').waitFor();
  await page.getByText('PRICE_OFF').waitFor();
  await target.service.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/restore' });
  await warmUps.getByRole('link', { name: 'ppo_v1' }).waitFor();
});

test('fits on a narrow phone, in the dark', async () => {
  const { visit, screenshot, expectAccessible } = await browser.openPage(target, {
    viewport: 'narrow',
    colorScheme: 'dark',
  });
  await visit('/system');
  await expectAccessible();
  await screenshot('system-narrow-dark');
});
