import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageParts, upload, warmedUp } from '../helper/upload.ts';
import {
  type ListeningService,
  type PageOptions,
  SCREENS,
  startListeningService,
  useBrowser,
} from './harness.ts';

const MINUTE = 60_000;
const DECISION_CANDLE = 15 * MINUTE;
/** A moment of the recording, moved to 2026 by whole weeks, from which the default package opens lots. */
const START = Date.parse('2026-11-25T18:30:00Z');
const CANDLES = 12;
/** No poll comes on this candle. */
const MISSED_CANDLE = 5;

const browser = useBrowser();
let now = START + MINUTE;
let target: ListeningService;

async function send(method: 'GET' | 'POST', url: string, payload?: object) {
  const { app } = target.service;
  const answer = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}
/** The price may be unavailable for a moment; the page then shows the last known one. */
const openPage = ({ tolerate = [], ...options }: PageOptions = {}) =>
  browser.openPage(target, {
    ...options,
    tolerate: [/\/live-price\?.* 503|\(503 .*live-price/, ...tolerate],
  });
const poll = (model_id = 'ppo_v1') => send('POST', '/paper/signal', { model_id });
const iso = (time: number) => new Date(time).toISOString();
const inUtc = (time: number) => iso(time).slice(0, 16).replace('T', ' ');

beforeAll(async () => {
  // However busy the machine is, no request may be refused.
  target = await startListeningService({ now: () => now, env: { OVERLOAD_DELAY_MS: '600000' } });
  await warmedUp(target.service.app, 'ppo_v1');
  for (let candle = 0; candle < CANDLES; candle++) {
    now = START + candle * DECISION_CANDLE + MINUTE;
    if (candle !== MISSED_CANDLE) await poll();
  }
  const [lot] = (await send('GET', '/paper/positions/ppo_v1?status=open')).positions;
  await send('POST', `/paper/position/${lot.id}/close`);
});
afterAll(() => target?.close());

/** Close time of the newest decision candle. */
const newestCandle = () => START + Math.floor((now - START) / DECISION_CANDLE) * DECISION_CANDLE;

describe('the desk of an account that trades', () => {
  for (const [viewport, colorScheme] of SCREENS) {
    test(`shows decision, account, lots, market, equity and logs, in both themes: ${viewport}, ${colorScheme}`, async () => {
      const { page, visit, screenshot, expectAccessible } = await openPage({
        viewport,
        colorScheme,
      });
      await visit('/?model=ppo_v1');
      const decision = page.getByRole('region', { name: 'Decision' });
      await decision.locator('.decision-signal', { hasText: /LONG|SHORT|FLAT/ }).waitFor();
      await decision.getByText('1 min ago').waitFor();
      await decision.getByText('closes in 14:00').waitFor();
      await page.getByRole('region', { name: 'Account' }).getByText('Active').waitFor();
      await page
        .getByRole('region', { name: 'Open lots', exact: true })
        .first()
        .getByText('LONG')
        .first()
        .waitFor();
      await page.getByRole('img', { name: /^Candles of BTCUSDT\. Last price: / }).waitFor();
      await page
        .locator('.chart-legend', { hasText: /forecast, 2 d: [\d,.]+ … [\d,.]+ … [\d,.]+/ })
        .waitFor();
      await page.getByRole('img', { name: /^Equity from/ }).waitFor();
      await page.getByText(/Too early: \d+ of 30 days/).waitFor();
      await page.getByRole('button', { name: inUtc(newestCandle()) }).waitFor();
      await page.locator('.chart-canvas canvas').first().waitFor();
      await expectAccessible();
      await screenshot(`desk-${viewport}-${colorScheme}`);
      for (const theme of ['light', 'dark']) {
        await page.getByRole('button', { name: `switch to ${theme}` }).click();
        await page.locator(`.chart-canvas[data-scheme=${theme}] canvas`).first().waitFor();
        if (theme !== colorScheme) await expectAccessible();
        await screenshot(`desk-${viewport}-${colorScheme}-${theme}`);
      }
    });
  }

  test('draws the forecast beyond the newest candle', async () => {
    const { page, visit } = await openPage();
    await visit('/?model=ppo_v1');
    const chart = page.getByRole('img', { name: /^Candles of/ });
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    const legend = page.locator('.chart-legend');
    const later = legend.locator('> :first-child', { hasNotText: inUtc(newestCandle()) });
    await later.waitFor();
    await legend.getByText(/^forecast, /).waitFor();
    const [day] = /^\d{4}-\d\d-\d\d \d\d:\d\d/.exec((await legend.textContent())!)!;
    expect(Date.parse(`${day.replace(' ', 'T')}Z`)).toBeGreaterThan(now);
  });

  test('loads older candles when the chart is scrolled back', async () => {
    const { page, visit } = await openPage();
    await visit('/?model=ppo_v1');
    const asked = page.waitForResponse(/\/market\/candles\?.*before=/);
    const box = (await page.getByRole('img', { name: /^Candles of/ }).boundingBox())!;
    for (let drag = 0; drag < 5; drag++) {
      await page.mouse.move(box.x + 20, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 100, box.y + 100, { steps: 4 });
      await page.mouse.up();
    }
    const { candles } = (await (await asked).json()) as { candles: unknown[] };
    expect(candles.length).toBeGreaterThan(1000);
  });

  test('shows the evidence of a decision, and its forecast with actual prices', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage();
    await visit('/?model=ppo_v1');
    const asOf = START + DECISION_CANDLE;
    await page.getByRole('button', { name: inUtc(asOf) }).click();
    await page.getByText(`Forecast of ${inUtc(asOf)} UTC, compared with actual prices`).waitFor();
    const detail = page.getByRole('region', { name: 'Selected decision' });
    await detail.getByText('Raw action').waitFor();
    await detail.getByText('available exposure / equity').waitFor();
    expect(new URL(page.url()).searchParams.get('candle')).toBe(iso(asOf));
    await expectAccessible();
    await screenshot('desk-past-forecast');
    await page.reload();
    await detail.waitFor();
    await page.getByRole('button', { name: 'Hide' }).click();
    await detail.waitFor({ state: 'detached' });
    const missed = page.getByRole('row', {
      name: new RegExp(inUtc(START + MISSED_CANDLE * DECISION_CANDLE)),
    });
    await missed.getByText('not polled in time').waitFor();
  });

  test('says where the result came from, by group of lots', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage({ viewport: 'phone' });
    await visit('/?model=ppo_v1');
    const origin = page.getByRole('region', { name: 'Where did the result come from?' });
    await origin.getByText(/^Price moves (made|lost) [\d,.]+ USDT.*fees took [\d.]+/).waitFor();
    const answer = await send('GET', '/paper/attribution/ppo_v1');
    const result = origin.getByRole('row', { name: /^Result, USDT/ });
    const shown = answer.total.net_usdt.toFixed(2).replace('-', '−');
    expect(await result.textContent()).toContain(shown);
    const groups = origin.getByRole('table', { name: 'Result by group of lots' });
    await groups.getByRole('row', { name: /^Manual 1 –/ }).waitFor();
    await groups.getByRole('row', { name: /^Open \d/ }).waitFor();
    for (const [name, row] of [
      ['Side', /^(Long|Short) /],
      ['Hour', /^1[89]:00 /],
      ['Weekday', /^Wednesday /],
      ['Confidence', /^\d+ to \d+|^90 and more/],
    ] as const) {
      await origin.getByRole('button', { name }).click();
      await groups.getByRole('row', { name: row }).first().waitFor();
    }
    await expectAccessible();
    await screenshot('desk-origin-phone-light');
  });

  test('lists trades and ledger, and saves trades as a file', async () => {
    const { page, visit, expectAccessible } = await openPage();
    await visit('/?model=ppo_v1');
    await page.getByRole('tab', { name: 'Trades' }).click();
    const trades = page.getByRole('table', { name: 'Trades' });
    await trades.getByText('Manual').first().waitFor();
    await expectAccessible();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('trades-paper_ppo_v1.csv');
    const lines = (await text(await file.createReadStream())).trim().split('\r\n');
    expect(lines[0]).toMatch(/^id,symbol,side,/);
    expect(lines).toHaveLength(1 + (await trades.getByRole('row').count()) - 1);
    await page.getByRole('tab', { name: 'Trades' }).press('ArrowRight');
    await page.getByRole('table', { name: 'Ledger' }).getByText('Entry fee').first().waitFor();
    expect(new URL(page.url()).searchParams.get('log')).toBe('ledger');
    await page.getByRole('tab', { name: 'Forecasts' }).click();
    await page.getByText(/No outcome known yet|forecasts from/).waitFor();
  });

  test('changes the range of the equity curve', async () => {
    const { page, visit } = await openPage();
    await visit('/?model=ppo_v1');
    const asked = page.waitForRequest(/\/paper\/equity\/paper_ppo_v1\?.*from=/);
    await page.getByRole('button', { name: '1d' }).click();
    expect(new URL((await asked).url()).searchParams.get('from')).toBe(iso(now - 24 * 60 * MINUTE));
    expect(await page.getByRole('button', { name: '1d' }).getAttribute('aria-pressed')).toBe('true');
  });
});

describe('events', () => {
  test('appear without a reload: a candle, its decision, a lot, a pause by another client', async () => {
    const { page, visit } = await openPage();
    await visit('/?model=ppo_v1');
    await page.getByRole('status', { name: 'Live' }).waitFor();
    now += DECISION_CANDLE;
    await page.clock.setFixedTime(now);
    await poll();
    await page.getByRole('button', { name: inUtc(newestCandle()) }).waitFor();
    const lots = page.getByRole('table', { name: 'Open lots' }).locator('tbody tr');
    const [lot, ...others] = (await send('GET', '/paper/positions/ppo_v1?status=open')).positions;
    await expect.poll(() => lots.count()).toBe(others.length + 1);
    await send('POST', `/paper/position/${lot.id}/close`);
    await expect.poll(() => lots.count()).toBe(others.length);
    await send('POST', '/paper/account/ppo_v1/pause');
    await page.getByRole('region', { name: 'Account' }).getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('region', { name: 'Account' }).getByText('Active').waitFor();
    await page.getByText('Account resumed.').waitFor();
  });

  test('explain why nothing is decided, and what to do', async () => {
    const { page, visit, expectAccessible, screenshot } = await openPage({
      viewport: 'phone',
      colorScheme: 'dark',
    });
    await visit('/?model=ppo_v1');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    now += DECISION_CANDLE;
    await poll();
    const decision = page.getByRole('region', { name: 'Decision' });
    await decision.getByText('The account is paused; its exits continue.').waitFor();
    await decision.getByText('Resume the account to trade again.').waitFor();
    await expectAccessible();
    await screenshot('desk-paused-phone-dark');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });
});

describe('manual trading', () => {
  test('opens a lot, closes it after a confirmation, and shows refusals', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage({
      tolerate: [/409/],
    });
    await send('POST', '/paper/account/create', { model_id: 'paper_by_hand' });
    await visit('/?model=paper_by_hand');
    await page.getByText('takes external signals only').waitFor();
    const lots = page.getByRole('table', { name: 'Open lots' });
    await page.getByRole('button', { name: 'Open position…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open a position in BTCUSDT' });
    await dialog.getByLabel('Size, USDT').fill('900000');
    await dialog.getByRole('button', { name: 'Open long' }).click();
    await dialog.getByText('ORDER_REFUSED').waitFor();
    await expectAccessible();
    await screenshot('desk-open-refused', { fullPage: false });
    await dialog.getByLabel('Size, USDT').fill('66.6');
    await dialog.getByLabel('Leverage').fill('3');
    await dialog.getByRole('button', { name: 'Open long' }).click();
    await dialog.waitFor({ state: 'detached' });
    const row = lots.getByRole('row', { name: /66\.60 · 3x/ });
    await row.waitFor();
    await row.getByRole('button', { name: 'Close this long lot' }).click();
    const question = page.getByRole('dialog', { name: 'Close the long lot?' });
    await question.press('Escape');
    await question.waitFor({ state: 'detached' });
    await row.getByRole('button', { name: 'Close this long lot' }).click();
    await question.getByRole('button', { name: 'Close lot' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByText(/^Closed at [\d,.]+: /).waitFor();
  });
});

describe('other accounts', () => {
  test('a package that is warming up becomes ready; its account starts empty', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage();
    await upload(target.service.app, await packageParts('gamma'));
    await visit('/?model=gamma');
    await page.locator('.decision-signal', { hasText: /LONG|SHORT|FLAT/ }).waitFor();
    await page.getByText('Not decided yet').waitFor();
    await page.getByText('No open lot').waitFor();
    await page.getByText('No equity curve yet').waitFor();
    await page.getByText('No decision yet').waitFor();
    await expectAccessible();
    await screenshot('desk-empty');
  });

  test('a reset account starts again, with its history hidden', async () => {
    const account = 'paper_reset';
    await send('POST', '/paper/account/create', { model_id: account });
    await send('POST', '/paper/position/open', { model_id: account, side: 'Short', size_usdt: 500 });
    const { page, visit } = await openPage();
    await visit(`/?model=${account}`);
    await page.getByRole('table', { name: 'Open lots' }).getByText('SHORT').waitFor();
    await page.getByRole('button', { name: 'Reset…' }).click();
    const dialog = page.getByRole('dialog', { name: `Reset ${account}` });
    await dialog.getByLabel('Initial balance').fill('2500');
    await dialog.getByLabel(/^Hide previous trades/).check();
    await dialog.getByRole('button', { name: 'Reset account' }).click();
    await page.getByText('No open lot').waitFor();
    await page.getByRole('region', { name: 'Account' }).getByText('2,500.00').first().waitFor();
    await page.getByRole('tab', { name: 'Trades' }).click();
    await page.getByText('No trade yet').waitFor();
  });

  test('an unknown account or replay is reported', async () => {
    const { page, visit } = await openPage({ tolerate: [/404/] });
    await visit('/?model=nobody');
    await page.getByText('MODEL_NOT_FOUND').first().waitFor();
    await visit('/?replay=nothing');
    await page.getByText('REPLAY_NOT_FOUND').waitFor();
  });
});

describe('a replay', () => {
  for (const [viewport, colorScheme] of [
    ['desktop', 'light'],
    ['phone', 'dark'],
  ] as const) {
    test(`is shown like an account, but marked as a replay: ${viewport}, ${colorScheme}`, async () => {
      const { id } = await send('POST', '/paper/replays', {
        ...{ model_id: 'ppo_v1', label: `Two hours <b>${viewport}</b>` },
        ...{ from: iso(START), to: iso(START + 8 * DECISION_CANDLE) },
      });
      const { page, visit, screenshot, expectAccessible } = await openPage({
        viewport,
        colorScheme,
      });
      await visit(`/?replay=${id}`);
      await page.getByRole('note').getByText('REPLAY', { exact: true }).waitFor();
      await page
        .getByRole('region', { name: `Two hours <b>${viewport}</b>` })
        .getByText('Done')
        .waitFor();
      await page.getByRole('region', { name: 'Statistics' }).waitFor();
      await page.getByRole('img', { name: /^Equity from 10,000.00/ }).waitFor();
      await page.getByRole('button', { name: inUtc(START) }).waitFor();
      expect(new URL(page.url()).searchParams.get('model')).toBe('ppo_v1');
      expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
      await expectAccessible();
      await screenshot(`desk-replay-${viewport}-${colorScheme}`);
    });
  }
});
