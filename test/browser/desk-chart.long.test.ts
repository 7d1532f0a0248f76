// promise: docs/design.md "chart |"

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type ListeningService,
  type PageOptions,
  SCREENS,
  startListeningService,
  useBrowser,
} from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DECISION_CANDLE = 15 * MINUTE;
/** A moment of the recording, moved to 2026 by whole weeks, from which the default package opens lots. */
const START = Date.parse('2026-11-25T18:30:00Z');
const FROM = START - 12 * HOUR;
const TO = START + 36 * HOUR;

const browser = useBrowser();
const now = TO + MINUTE;
let target: ListeningService;
let replay: string;

async function send(method: 'GET' | 'POST', url: string, payload?: object) {
  const { app } = target.service;
  const answer = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}
const iso = (time: number) => new Date(time).toISOString();

beforeAll(async () => {
  // However busy the machine is, no request may be refused.
  target = await startListeningService({ now: () => now, env: { OVERLOAD_DELAY_MS: '600000' } });
  await send('POST', '/paper/signal', { model_id: 'ppo_v1' });
  const range = { from: iso(FROM), to: iso(TO) };
  replay = (await send('POST', '/paper/replays', { model_id: 'ppo_v1', ...range })).id;
  await vi.waitFor(async () => expect((await send('GET', `/paper/replays/${replay}`)).state).toBe('DONE'), {
    timeout: 240_000,
    interval: 200,
  });
});
afterAll(() => target?.close());

const chartOf = (page: Page) => page.getByRole('application', { name: /^Chart of BTCUSDT/ });
const values = (page: Page) => page.locator('.chart-values');
// Code for the browser is text here: these files are checked with the types of Node.
const picture = (page: Page) =>
  page.evaluate<string>(
    "Array.from(document.querySelectorAll('.chart-canvas canvas'), (canvas) => canvas.toDataURL()).join()",
  );
const hasPointerCursor = (page: Page) =>
  page.evaluate<boolean>(`document.querySelector('.chart-canvas').innerHTML.includes('cursor: pointer')`);
/** Where the chart is, after scrolling to it. */
async function boxOf(page: Page) {
  await chartOf(page).scrollIntoViewIfNeeded();
  return (await chartOf(page).boundingBox())!;
}
const inAddress = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

/** The chart of the replay, drawn, with what the address adds. */
async function openReplay(query = '', options: PageOptions = {}) {
  const opened = await browser.openPage(target, options);
  const { page } = opened;
  await opened.visit(`/?model=ppo_v1&replay=${replay}${query}`);
  await page.locator('.chart-canvas canvas').first().waitFor();
  await page
    .getByRole('application', { name: /[1-9]\d* positions?\. Account [+−]?[\d.]+\s%, holding/ })
    .waitFor();
  return opened;
}

describe('the chart of a run', () => {
  for (const [viewport, colorScheme] of SCREENS) {
    test(`shows price, forecasts, positions, equity and drawdown: ${viewport}, ${colorScheme}`, async () => {
      const { page, screenshot, expectAccessible } = await openReplay('', { viewport, colorScheme });
      await values(page)
        .getByText(/in 24 h/)
        .waitFor();
      await expectAccessible();
      await screenshot(`desk-chart-${viewport}-${colorScheme}`);
      const before = await picture(page);
      for (const theme of ['light', 'dark']) {
        await page.getByRole('button', { name: `switch to ${theme}` }).click();
        await page.locator(`.chart-canvas[data-scheme=${theme}] canvas`).first().waitFor();
        if (theme !== colorScheme) await expect.poll(() => picture(page)).not.toBe(before);
        await screenshot(`desk-chart-${viewport}-${colorScheme}-${theme}`);
      }
    });
  }

  test('is read by keyboard: candle by candle, its decision, and back', async () => {
    const { page } = await openReplay('&tf=15m');
    const chart = chartOf(page);
    await chart.focus();
    await chart.press('End');
    const last = TO - DECISION_CANDLE;
    const shows = (time: number) =>
      values(page)
        .getByText(`${new Date(time).getUTCDate()} Nov ${iso(time).slice(11, 16)}`, { exact: true })
        .waitFor();
    await shows(last);
    await chart.press('ArrowLeft');
    await shows(last - DECISION_CANDLE);
    await chart.press('Shift+ArrowLeft');
    await shows(last - 11 * DECISION_CANDLE);
    await chart.press('ArrowRight');
    await shows(last - 10 * DECISION_CANDLE);
    await chart.press('Enter');
    await expect.poll(() => inAddress(page, 'candle')).toBe(iso(last - 9 * DECISION_CANDLE));
    await page.getByRole('region', { name: 'Selected decision' }).waitFor();
    await chart.press('Escape');
    await expect.poll(() => inAddress(page, 'candle')).toBeNull();
    await chart.press('Home');
    await chart.press('Tab');
    await values(page)
      .getByText(/in 24 h/)
      .waitFor();
  });

  test('a chosen candle turns the dock to its row, and the closed detail gives the focus back', async () => {
    const { page } = await openReplay('&tf=15m&sort=oldest&tab=decisions');
    const chart = chartOf(page);
    await chart.focus();
    await chart.press('End');
    for (let step = 0; step < 6; step++) await chart.press('Shift+ArrowLeft');
    await chart.press('Enter');
    await expect.poll(() => inAddress(page, 'page')).toBe('2');
    expect(inAddress(page, 'sort')).toBeNull();
    const row = page.getByRole('list', { name: 'Decisions' }).getByRole('button', { pressed: true });
    await row.waitFor();
    await expect.poll(() => row.evaluate((one) => one.getBoundingClientRect().bottom)).toBeLessThan(900);
    await page
      .getByRole('region', { name: 'Selected decision' })
      .getByRole('button', { name: 'Close' })
      .click();
    await expect.poll(() => chart.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(inAddress(page, 'candle')).toBeNull();
  });

  test('a click on a candle opens its decision, a second one lets go', async () => {
    const { page } = await openReplay('&tf=15m&range=1d');
    const box = await boxOf(page);
    const place = [box.x + box.width * 0.5, box.y + box.height * 0.5] as const;
    await page.mouse.click(...place);
    await expect.poll(() => inAddress(page, 'candle')).not.toBeNull();
    const candle = Date.parse(inAddress(page, 'candle')!);
    expect(candle % DECISION_CANDLE).toBe(0);
    expect(candle).toBeGreaterThan(TO - DAY);
    expect(candle).toBeLessThan(TO);
    await page.getByRole('region', { name: 'Selected decision' }).waitFor();
    await page.mouse.click(...place);
    await expect.poll(() => inAddress(page, 'candle')).toBeNull();
  });

  test('a click on the label of a position selects it', async () => {
    const { page } = await openReplay('&tf=15m&range=1d');
    const { items } = await send('GET', `/paper/replays/${replay}/positions?from=${iso(TO - DAY)}`);
    const [position] = items;
    const box = await boxOf(page);
    const from = Math.max(Date.parse(position.open_time), TO - DAY);
    const middle = (from + Math.min(Date.parse(position.close_time ?? iso(TO)), TO)) / 2;
    // The last day and the future, which takes 11.5 % more, are left of the axis of prices.
    const x = box.x + ((middle - (TO - DAY)) / (1.115 * DAY)) * (box.width - 60);
    for (let y = 4; y < box.height * 0.6 && inAddress(page, 'position') === null; y += 6) {
      await page.mouse.move(x, box.y + y);
      if (await hasPointerCursor(page)) await page.mouse.click(x, box.y + y);
    }
    expect(inAddress(page, 'position')).toBe(position.id);
  });

  test('ranges choose the length of candles, and both are in the address', async () => {
    const { page } = await openReplay();
    const asked = (interval: string, base: string | null) =>
      page.waitForRequest((request) => {
        const { pathname, searchParams } = new URL(request.url());
        return (
          pathname === '/market/candles' &&
          searchParams.get('interval') === interval &&
          searchParams.get('base') === base
        );
      });
    const [hours] = await Promise.all([
      asked('1h', '15m'),
      page.getByRole('button', { name: '7 d' }).click(),
    ]);
    expect(hours).toBeTruthy();
    await expect.poll(() => inAddress(page, 'range')).toBe('7d');
    await page.getByRole('button', { name: '1h', pressed: true }).waitFor();
    await Promise.all([asked('4h', '15m'), page.getByRole('button', { name: '4h' }).click()]);
    await expect.poll(() => inAddress(page, 'tf')).toBe('4h');
    await Promise.all([asked('3m', null), page.getByRole('button', { name: '3m' }).click()]);
    await Promise.all([asked('15m', null), page.getByRole('button', { name: '1 d', exact: true }).click()]);
    await expect.poll(() => [inAddress(page, 'range'), inAddress(page, 'tf')]).toEqual(['1d', null]);
  });

  test('goes to a date and back to the newest', async () => {
    const { page, expectAccessible } = await openReplay('&range=1d');
    const newest = page.getByRole('button', { name: 'To the newest' });
    expect(await newest.count()).toBe(0);
    await page.getByRole('button', { name: 'Go to date' }).click();
    await page.getByLabel('Date, UTC').fill('2026-11-20');
    await expectAccessible();
    const asked = page.waitForRequest(/\/market\/candles\?.*before=2026-11-2[01]/);
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await asked;
    expect(inAddress(page, 'at')).toBe('2026-11-20T12:00:00.000Z');
    await newest.click();
    await expect.poll(() => inAddress(page, 'at')).toBeNull();
    await newest.waitFor({ state: 'detached' });
  });

  test('forecasts and holding can be switched off', async () => {
    const { page } = await openReplay();
    for (const name of ['Forecasts', 'Holding']) {
      const before = await picture(page);
      const toggle = page.getByRole('button', { name, exact: true });
      expect(await toggle.getAttribute('aria-pressed')).toBe('true');
      await toggle.click();
      expect(await toggle.getAttribute('aria-pressed')).toBe('false');
      await expect.poll(() => picture(page)).not.toBe(before);
    }
  });

  test('is a table as well, whose candles open decisions', async () => {
    const { page, expectAccessible, screenshot } = await openReplay('&tf=15m');
    await page.getByRole('button', { name: 'As a table' }).click();
    const table = page.getByRole('table', { name: 'Data of the chart' });
    await table
      .getByText(/lots? closed, [+−][\d.]+ USDT/)
      .first()
      .waitFor();
    await expectAccessible();
    await screenshot('desk-chart-table');
    await table.getByRole('button', { name: '27 Nov 06:15' }).click();
    await expect.poll(() => inAddress(page, 'candle')).toBe(iso(TO));
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.locator('.chart-canvas canvas').first().waitFor();
  });
});

describe('the chart of a live account', () => {
  test('draws the forecast beyond the newest candle', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/?model=ppo_v1&run=live');
    await page.locator('.chart-canvas canvas').first().waitFor();
    const box = await boxOf(page);
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 3);
    await values(page)
      .getByText(/^forecast [\d,.]+ … [\d,.]+ … [\d,.]+$/)
      .waitFor();
  });

  test('loads older candles when it is moved back', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/?model=ppo_v1&run=live&tf=15m');
    await page.locator('.chart-canvas canvas').first().waitFor();
    const asked = page.waitForResponse(/\/market\/candles\?.*before=/);
    const box = await boxOf(page);
    for (let drag = 0; drag < 5; drag++) {
      await page.mouse.move(box.x + 20, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 100, box.y + 100, { steps: 4 });
      await page.mouse.up();
    }
    const { candles } = (await (await asked).json()) as { candles: unknown[] };
    expect(candles.length).toBeGreaterThan(500);
    await page.getByRole('button', { name: 'To the newest' }).waitFor();
  });
});
