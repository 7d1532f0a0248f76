import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { warmedUp } from '../helper/upload.ts';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const DECISION_CANDLE_MS = 15 * 60_000;
const CANDLES = 12;
const SIGNALS = ['LONG', 'SHORT', 'FLAT', 'SHORT', 'LONG', 'LONG'];

const browser = useBrowser();
let now = Date.parse('2026-11-26T06:01:00Z');
let target: ListeningService;

async function post(url: string, payload: object): Promise<void> {
  const { statusCode, body } = await target.service.app.inject({ method: 'POST', url, payload });
  expect(statusCode, body).toBeLessThan(300);
}

beforeAll(async () => {
  target = await startListeningService({ now: () => now });
  await warmedUp(target.service.app, 'ppo_v1');
  await post('/paper/account/create', { model_id: 'by_hand' });
  for (let candle = 0; candle < CANDLES; candle++) {
    const signal = SIGNALS[candle % SIGNALS.length];
    await post('/paper/signal', { model_id: 'by_hand', signal, confidence: 80 });
    await post('/paper/signal', { model_id: 'ppo_v1' });
    now += DECISION_CANDLE_MS;
  }
});
afterAll(() => target.close());

describe('live paper accounts', () => {
  test.each([
    { viewport: 'desktop', colorScheme: 'light' },
    { viewport: 'narrow', colorScheme: 'dark' },
  ] as const)('are compared: $viewport', async ({ viewport, colorScheme }) => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport,
      colorScheme,
    });
    await visit('/compare');
    const table = page.getByRole('region', { name: 'Live paper accounts' });
    expect(await table.getByText('too early').count()).toBe(2);
    await table.getByRole('row').filter({ hasText: 'by_hand' }).waitFor();
    await table.getByRole('link', { name: 'ppo_v1' }).waitFor();
    await page.getByRole('img', { name: /^Equity since the start: / }).waitFor();
    const curve = page.getByRole('button', { name: 'by_hand' });
    await curve.click();
    expect(await curve.getAttribute('aria-pressed')).toBe('false');
    await curve.click();
    await expectAccessible();
    const differences = page.getByRole('region', { name: 'Is the difference real?' });
    await differences
      .getByText(/whole days in common; 30 are needed/)
      .first()
      .waitFor();
    await screenshot(`compare-live-${viewport}-${colorScheme}`);
    await table.getByRole('button', { name: 'Trades' }).click();
    expect(await table.getByRole('columnheader', { name: 'Trades' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    expect(await table.getByRole('row').nth(1).innerText()).toContain('by_hand');
  });
});

describe('replays', () => {
  test('are started, followed, compared and deleted, apart from live accounts', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target);
    await visit('/compare');
    await page.getByRole('tab', { name: 'Replays' }).click();
    await page.waitForURL('**/compare/replays');
    await page.getByText('No finished replay yet').waitFor();
    expect(await page.getByText('by_hand').count()).toBe(0);
    await page.getByRole('button', { name: 'New replay' }).click();
    await page.getByLabel('From (UTC)').fill('2026-11-26T00:00');
    await page.getByLabel('Label', { exact: true }).fill('first');
    await page.getByText('9 h, 36 candles').waitFor();
    await expectAccessible();
    await screenshot('compare-new-replay');
    await page.getByRole('button', { name: 'Start replay' }).click();

    const table = page.getByRole('region', { name: /^Replays of BTCUSDT/ });
    await table.getByRole('link', { name: 'ppo_v1: first' }).waitFor();
    await page.getByText('REPLAY', { exact: true }).first().waitFor();
    await page.getByText('RECORDED MARKET', { exact: true }).waitFor();
    await page.getByRole('img', { name: /^Equity since the start: ppo_v1: first/ }).waitFor();
    await expectAccessible();
    await screenshot('compare-replays');
    expect(await table.getByRole('link', { name: 'ppo_v1: first' }).getAttribute('href')).toMatch(
      /^\/\?model=ppo_v1&replay=replay_/,
    );

    await page.getByRole('button', { name: 'Delete the replay ppo_v1: first' }).click();
    await page.getByRole('button', { name: 'Delete replay', exact: true }).click();
    await page.getByText('No finished replay yet').waitFor();
  });

  test('are refused with a sentence, and can be canceled', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'phone',
      colorScheme: 'dark',
      tolerate: [/422/],
    });
    await visit('/compare/replays');
    await page.getByRole('button', { name: 'New replay' }).click();
    await page.getByLabel('From (UTC)').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByText(/a replay may have 731: take it in parts/).waitFor();
    await page.getByRole('button', { name: '1 year' }).click();
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByRole('button', { name: 'Cancel the replay ppo_v1' }).click();
    await page.getByText(/^Canceled after 0 of 35,040 candles/).waitFor();
    await expectAccessible();
    await screenshot('compare-replay-canceled-phone-dark');
    await page.getByRole('button', { name: 'Delete the replay ppo_v1' }).click();
    await page.getByRole('button', { name: 'Delete replay', exact: true }).click();
    await page.getByText(/^Canceled after/).waitFor({ state: 'detached' });
  });
});
