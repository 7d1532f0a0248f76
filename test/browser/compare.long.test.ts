// promise: docs/design.md, table "Compare"

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ListeningService, SCREENS, startListeningService, useBrowser } from './harness.ts';

const DECISION_CANDLE_MS = 15 * 60_000;
const CANDLES = 12;
const SIGNALS = ['LONG', 'SHORT', 'FLAT', 'SHORT', 'LONG', 'LONG'];

/** How many things that can be clicked a short message covers. */
const CLICKABLE_BELOW_TOASTS = `(() => {
  const own = document.querySelector('.toasts').getBoundingClientRect();
  const isCovered = ({ left, right, top, bottom }) =>
    left < own.right && own.left < right && top < own.bottom && own.top < bottom;
  return [...document.querySelectorAll('a, button, input, select, summary')].filter((one) =>
    isCovered(one.getBoundingClientRect()),
  ).length;
})()`;

const browser = useBrowser();
let now = Date.parse('2026-11-26T06:01:00Z');
let target: ListeningService;

async function post(url: string, payload: object): Promise<void> {
  const { statusCode, body } = await target.service.app.inject({ method: 'POST', url, payload });
  expect(statusCode, body).toBeLessThan(300);
}

beforeAll(async () => {
  target = await startListeningService({ now: () => now });
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
  test.each(SCREENS)('are compared: %s, %s', async (viewport, colorScheme) => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport,
      colorScheme,
    });
    await visit('/compare');
    await page
      .getByRole('heading', {
        level: 1,
        name: 'They have 0 whole days in common; 30 are needed to compare them.',
      })
      .waitFor();
    await page.getByText('They can be compared in 5 weeks.').waitFor();
    const results = page.getByRole('group', { name: 'Results side by side' });
    await results.getByRole('link', { name: 'ppo_v1' }).waitFor();
    await results.getByRole('columnheader', { name: 'by_hand' }).waitFor();
    const sharpe = results.getByRole('row').filter({ hasText: 'Sharpe ratio' });
    expect(await sharpe.getByText('0 of 30 days').count()).toBe(2);
    await page.getByRole('heading', { name: 'Skill and luck cannot be told apart yet' }).waitFor();
    await page.getByRole('img', { name: /^Equity since the start: / }).waitFor();
    const curve = page.getByRole('button', { name: 'by_hand' });
    await curve.click();
    expect(await curve.getAttribute('aria-pressed')).toBe('false');
    await curve.click();
    await expectAccessible();
    await screenshot(`compare-live-${viewport}-${colorScheme}`);
  });

  test('are chosen in the address, two of them or more', async () => {
    await post('/paper/account/create', { model_id: 'third' });
    const { page, visit } = await browser.openPage(target);
    await visit('/compare?of=paper_third,ppo_v1');
    const first = page.getByRole('combobox', { name: 'Compared 1' });
    const second = page.getByRole('combobox', { name: 'Compared 2' });
    expect(await first.inputValue()).toBe('paper_third');
    expect(await second.inputValue()).toBe('paper_ppo_v1');
    await page.getByRole('button', { name: 'Swap the first two' }).click();
    await page.waitForURL('**/compare?of=paper_ppo_v1%2Cpaper_third');
    await page.getByRole('combobox', { name: 'Add to the comparison' }).selectOption('paper_by_hand');
    await page
      .getByRole('heading', { level: 1, name: 'Nothing can be told between these: 3 pairs' })
      .waitFor();
    await page.getByRole('heading', { name: 'All 3 accounts' }).waitFor();
    const table = page.getByRole('group', { name: 'Live paper accounts' });
    expect(await table.getByText('too early').count()).toBe(3);
    await table.getByRole('button', { name: 'Trades' }).click();
    expect(await table.getByRole('columnheader', { name: 'Trades' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    await page.getByRole('button', { name: 'Leave out paper_by_hand' }).click();
    await first.focus();
    await first.selectOption('paper_by_hand');
    await page.waitForURL('**/compare?of=*hand%2Cpaper_third');
    // A choice keeps the focus.
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Compared 1');
  });
});

describe('replays', () => {
  test('are started over whole days, followed, compared and deleted, apart from live accounts', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target);
    await visit('/compare');
    await page.getByRole('button', { name: 'Replays', exact: true }).click();
    await page.waitForURL('**/compare/replays');
    await page.getByRole('heading', { level: 1, name: /^No replay has finished yet/ }).waitFor();
    expect(await page.getByText('by_hand').count()).toBe(0);
    await page.getByRole('link', { name: 'New replays' }).click();
    await page.getByLabel('Last day (UTC)').fill('2026-11-25');
    await page.getByLabel('First day (UTC)').fill('2026-11-25');
    await page.getByText('1 day, from 00:00 to 24:00 UTC').waitFor();
    await page.getByText('Balance, label, candles').click();
    const label = page.getByLabel('Label', { exact: true });
    await label.fill('first');
    await expectAccessible();
    await screenshot('compare-new-replay');
    await page.getByRole('button', { name: 'Start replay' }).click();
    const toast = page.locator('.toast');
    await toast.getByText('1 replay queued.').waitFor();
    expect(await page.evaluate<number>(CLICKABLE_BELOW_TOASTS)).toBe(0);
    await page
      .getByRole('heading', { level: 1, name: 'Nothing to compare ppo_v1: first with yet.' })
      .waitFor();
    await label.fill('second');
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByRole('heading', { level: 1, name: 'They have 1 whole day in common' }).waitFor();
    await page.getByText('They can be compared over a range that is 5 weeks longer.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    const results = page.getByRole('group', { name: 'Results side by side' });
    await results
      .getByRole('row')
      .filter({ hasText: 'Look-ahead check' })
      .getByText(/^passed, /)
      .first()
      .waitFor();
    await page.getByText('REPLAY', { exact: true }).first().waitFor();
    await page.getByText('RECORDED MARKET', { exact: true }).waitFor();
    await page.getByRole('img', { name: /^Equity since the start: ppo_v1: / }).waitFor();
    await expectAccessible();
    await screenshot('compare-replays');
    const table = page.getByRole('group', { name: /^Replays of BTCUSDT/ });
    expect(await table.getByRole('link', { name: 'ppo_v1: first' }).getAttribute('href')).toMatch(
      /^\/\?model=ppo_v1&replay=replay_/,
    );
    expect(await page.getByRole('link', { name: 'Replay it over 90 days' }).getAttribute('href')).toContain(
      'start=ppo_v1&days=90',
    );

    // What is compared stays when a replay of another range finishes.
    const shown = page.url();
    const before = await page.getByRole('combobox', { name: 'Range' }).locator('option').count();
    await post('/paper/replays', {
      model_id: 'ppo_v1',
      from: '2026-11-24T00:00:00Z',
      to: '2026-11-25T00:00:00Z',
    });
    const ranges = page.getByRole('combobox', { name: 'Range' }).locator('option');
    await ranges.nth(before).waitFor({ state: 'attached' });
    expect(page.url()).toBe(shown);
    await page.getByRole('heading', { level: 1, name: 'They have 1 whole day in common' }).waitFor();

    // The focus goes to what opened a dialog, and from a row that is gone to the next one.
    const remove = table.getByRole('button', { name: /^Delete the replay/ });
    const focused = () => page.evaluate<string>("document.activeElement.getAttribute('aria-label')");
    const [firstName, secondName] = [
      await remove.nth(0).getAttribute('aria-label'),
      await remove.nth(1).getAttribute('aria-label'),
    ];
    await remove.nth(0).click();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(await focused()).toBe(firstName);
    await remove.nth(0).click();
    await page.getByRole('button', { name: 'Delete replay', exact: true }).click();
    await remove.nth(1).waitFor({ state: 'detached' });
    expect(await focused()).toBe(secondName);
  });

  test('are refused with a sentence, and can be canceled', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'phone',
      colorScheme: 'dark',
      tolerate: [/422/],
    });
    await visit('/compare/replays?start=ppo_v1');
    await page.getByLabel('First day (UTC)').fill('2020-01-01');
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByText(/a replay may have 731: take it in parts/).waitFor();
    await page.getByRole('button', { name: '1 year' }).click();
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByRole('button', { name: 'Cancel the replay ppo_v1' }).click();
    await page.getByText(/^Canceled after 0 of 35,040 candles/).waitFor();
    await expectAccessible();
    await screenshot('compare-replay-canceled-phone-dark');
    await page
      .getByRole('region', { name: 'Canceled and failed' })
      .getByRole('button', { name: 'Delete the replay ppo_v1', exact: true })
      .click();
    await page.getByRole('button', { name: 'Delete replay', exact: true }).click();
    await page.getByText(/^Canceled after/).waitFor({ state: 'detached' });
  });
});
