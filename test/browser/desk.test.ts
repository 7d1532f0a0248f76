// promise: docs/design.md "verdict |"
// promise: docs/design.md "now |"
// promise: docs/design.md "strip |"
// promise: docs/design.md "dock |"
// promise: docs/design.md "evidence |"

import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageParts, upload } from '../helper/upload.ts';
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
const openPage = (options?: PageOptions) => browser.openPage(target, options);
const poll = (model_id = 'ppo_v1') => send('POST', '/paper/signal', { model_id });
const iso = (time: number) => new Date(time).toISOString();
const inUtc = (time: number) => `25 Nov ${iso(time).slice(11, 16)}`;

beforeAll(async () => {
  // However busy the machine is, no request may be refused.
  target = await startListeningService({ now: () => now, env: { OVERLOAD_DELAY_MS: '600000' } });
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

/** The live account of the default package. */
const DESK = '/?model=ppo_v1&run=live';
const tab = (name: string) => `${DESK}&tab=${name}`;

describe('the desk of an account that trades', () => {
  for (const [viewport, colorScheme] of SCREENS) {
    test(`shows verdict, decision, figures, market, records and evidence, in both themes: ${viewport}, ${colorScheme}`, async () => {
      const { page, visit, screenshot, expectAccessible } = await openPage({
        viewport,
        colorScheme,
      });
      await visit(DESK);
      const verdict = page.getByRole('region', { name: 'Verdict' });
      await verdict
        .getByRole('heading', { level: 1, name: /^Too early: \d+ of 31 lots after 0 of 30 days\.$/ })
        .waitFor();
      await verdict.getByText(/1 lot in 1 position/).waitFor();
      const present = page.getByRole('region', { name: 'Now' });
      await present.getByRole('heading', { name: /^(Long|Short|Flat): direction/ }).waitFor();
      await present.getByRole('img', { name: /^Direction .* on a scale from −1 to 1/ }).waitFor();
      await present.getByText(/\d+ of 100 sampled actions agree\. Next candle: 14:00/).waitFor();
      expect(await page.locator('.strip > div').count()).toBe(8);
      await page
        .getByRole('application', {
          name: /^Chart of BTCUSDT, .* last close [\d,.]+\. 1 position\. Account /,
        })
        .waitFor();
      await page
        .getByRole('list', { name: 'Positions' })
        .getByText('Long')
        .or(page.getByText('Short'))
        .first()
        .waitFor();
      await page.getByRole('heading', { name: 'Only 1 lot ended so far: too few to judge by' }).waitFor();
      expect(
        await page
          .locator('.sheet')
          .getByText(/^(-|–|none|n\/a)$/i)
          .count(),
      ).toBe(0);
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

  test('shows the evidence of a decision, and its forecast with actual prices', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage();
    await visit(tab('decisions'));
    const asOf = START + DECISION_CANDLE;
    const forecast = page.waitForResponse(/\/paper\/forecasts\/[^?]+\?to=/);
    await page.getByRole('button', { name: inUtc(asOf) }).click();
    const { items } = await (await forecast).json();
    expect(items.map(({ as_of }: { as_of: string }) => as_of)).toEqual([iso(asOf)]);
    const detail = page.getByRole('region', { name: 'Selected decision' });
    await detail.getByText(`Candle closed ${inUtc(asOf)} UTC`).waitFor();
    await detail.getByText('What the policy saw and answered').click();
    await detail.getByText('available exposure / equity').waitFor();
    expect(new URL(page.url()).searchParams.get('candle')).toBe(iso(asOf));
    await expectAccessible();
    await screenshot('desk-past-forecast');
    await page.reload();
    await detail.getByText(`Candle closed ${inUtc(asOf)} UTC`).waitFor();
    await detail.getByRole('button', { name: 'Close' }).click();
    await detail.waitFor({ state: 'detached' });
    const missed = page.getByRole('button', { name: inUtc(START + MISSED_CANDLE * DECISION_CANDLE) });
    await missed.getByText('not polled in time').waitFor();
  });

  test('says where the result came from, by group of lots', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage({ viewport: 'phone' });
    await visit(DESK);
    const evidence = page.getByRole('region', { name: 'Where the result comes from' });
    const answer = await send('GET', '/paper/attribution/ppo_v1');
    const result = evidence.getByRole('row', { name: /^Result/ });
    await result.waitFor();
    const shown = Math.abs(answer.total.net_usdt).toFixed(2);
    expect(await result.textContent()).toContain(shown);
    const exits = evidence.getByRole('table', { name: 'Result by exit, USDT' });
    await exits.getByRole('row', { name: /^Manual \(1\)/ }).waitFor();
    await exits.getByRole('row', { name: /^Still open \(\d+\)/ }).waitFor();
    await evidence
      .getByRole('table', { name: 'Result by hour of entry, USDT' })
      .getByText(/^18 to 24/)
      .waitFor();
    await evidence
      .getByRole('table', { name: 'Result by agreement, USDT' })
      .getByRole('row')
      .first()
      .waitFor();
    await evidence
      .getByRole('heading', { name: /^Skill cannot be told from luck yet: 0 of 30 days/ })
      .waitFor();
    await expectAccessible();
    await screenshot('desk-origin-phone-light');
  });

  test('lists positions with their lots, filters in the address, the ledger, and saves lots as a file', async () => {
    const { page, visit, expectAccessible } = await openPage();
    await visit(DESK);
    const positions = page.getByRole('list', { name: 'Positions' });
    await positions.getByRole('button').first().click();
    await positions
      .getByText(/, \dx$/)
      .first()
      .waitFor();
    expect(new URL(page.url()).searchParams.get('position')).not.toBeNull();
    await expectAccessible();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download all lots as CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('trades-paper_ppo_v1.csv');
    const lines = (await text(await file.createReadStream())).trim().split('\r\n');
    expect(lines[0]).toMatch(/^id,symbol,side,/);
    expect(lines).toHaveLength(1 + (await send('GET', '/paper/trades/ppo_v1')).total);
    await page.getByLabel('Exit').selectOption({ label: 'Liquidation' });
    await page.getByText('Nothing matches these filters.').waitFor();
    expect(new URL(page.url()).searchParams.get('reason')).toBe('LIQUIDATION');
    await page.getByRole('tab', { name: 'Trades' }).press('ArrowRight');
    await page.getByRole('tab', { name: 'Lots' }).press('ArrowRight');
    await page.getByRole('list', { name: 'Ledger' }).getByText('Entry fee').first().waitFor();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('ledger');
    expect(new URL(page.url()).searchParams.get('reason')).toBeNull();
    await page.getByLabel('Kind').selectOption({ label: 'Exit fee' });
    await page.getByText(/^1 line/).waitFor();
    await page.getByRole('tab', { name: 'Forecasts' }).click();
    await page.getByText(/^\d+ forecasts?, 48 h apart/).waitFor();
  });
});

describe('events', () => {
  test('appear without a reload: a candle, its decision, a lot, a pause by another client', async () => {
    const { page, visit } = await openPage();
    await visit(tab('decisions'));
    await page.getByRole('status', { name: 'Live' }).waitFor();
    now += DECISION_CANDLE;
    await page.clock.setFixedTime(now);
    await poll();
    await page.getByRole('button', { name: '1 new' }).click();
    await page.getByRole('button', { name: inUtc(newestCandle()) }).waitFor();
    await page.getByRole('tab', { name: 'Lots' }).click();
    const lots = page.getByRole('list', { name: 'Open lots' }).getByRole('listitem');
    const [lot, ...others] = (await send('GET', '/paper/positions/ppo_v1?status=open')).positions;
    await expect.poll(() => lots.count()).toBe(others.length + 1);
    await send('POST', `/paper/position/${lot.id}/close`);
    await expect.poll(() => lots.count()).toBe(others.length);
    await send('POST', '/paper/account/ppo_v1/pause');
    await page.getByRole('heading', { name: /^Paused since .*Exits still work\.$/ }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByText('Account resumed.').waitFor();
  });

  test('explain why nothing is decided', async () => {
    const { page, visit, expectAccessible, screenshot } = await openPage({
      viewport: 'phone',
      colorScheme: 'dark',
    });
    await visit(tab('lots'));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    now += DECISION_CANDLE;
    await page.clock.setFixedTime(now);
    await poll();
    const present = page.getByRole('region', { name: 'Now' });
    await present.getByRole('heading', { name: /^Paused since/ }).waitFor();
    await page.getByRole('tab', { name: 'Decisions' }).click();
    await page.getByRole('list', { name: 'Decisions' }).getByText('account paused').first().waitFor();
    await expectAccessible();
    await screenshot('desk-paused-phone-dark');
    await page.getByRole('tab', { name: 'Lots' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });
});

describe('trading by hand', () => {
  test('opens, edits and closes a lot in parts after questions, and shows refusals', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage({
      tolerate: [/409/],
    });
    await send('POST', '/paper/account/create', { model_id: 'paper_by_hand' });
    await visit('/?model=paper_by_hand&tab=lots');
    const lots = page.getByRole('list', { name: 'Open lots' });
    await page.getByRole('button', { name: 'Open by hand' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open a lot in BTCUSDT' });
    await dialog.getByLabel('Size, USDT').fill('900000');
    await dialog.getByRole('button', { name: 'Open long' }).click();
    await dialog.getByText('ORDER_REFUSED').waitFor();
    await expectAccessible();
    await screenshot('desk-open-refused', { fullPage: false });
    await dialog.getByLabel('Size, USDT').fill('66.6');
    await dialog.getByLabel('Leverage').fill('3');
    await dialog.getByRole('button', { name: 'Open long' }).click();
    await dialog.waitFor({ state: 'detached' });
    const row = lots.getByRole('listitem').filter({ hasText: '66.60 at 3x' });
    await row.getByRole('button', { name: /^Change stop and target/ }).click();
    const edit = page.getByRole('dialog', { name: 'Stop and target of the long lot' });
    const stop = Number(await edit.getByLabel('Stop, price').inputValue()) + 100;
    await edit.getByLabel('Stop, price').fill(String(stop));
    await edit.getByLabel('Reason').fill('Tighter');
    await expectAccessible();
    await edit.getByRole('button', { name: 'Change' }).click();
    await edit.waitFor({ state: 'detached' });
    await row.getByRole('button', { name: 'Close this long lot' }).click();
    const question = page.getByRole('dialog', { name: /^Close the long lot at about [\d,.]+\?$/ });
    await question.press('Escape');
    await question.waitFor({ state: 'detached' });
    await row.getByRole('button', { name: 'Close this long lot' }).click();
    await question.getByLabel('How much').selectOption({ label: 'Half' });
    await question.getByRole('button', { name: 'Close a part' }).click();
    const half = lots.getByRole('listitem').filter({ hasText: '33.30 at 3x' });
    await half.waitFor();
    await page.getByText(/^Closed at [\d,.]+: /).waitFor();
    await page.getByRole('button', { name: 'Close all' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Close lot|^Close 1 lot/ })
      .click();
    await half.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Ledger' }).click();
    const ledger = page.getByRole('list', { name: 'Ledger' });
    await ledger.getByText('Stop or target moved').waitFor();
    await ledger.getByText(/Tighter$/).waitFor();
  });
});

describe('other accounts', () => {
  test('a package that is warming up becomes ready; its account starts empty', async () => {
    const { page, visit, screenshot, expectAccessible } = await openPage();
    await upload(target.service.app, await packageParts('gamma'));
    await visit('/?model=gamma');
    const present = page.getByRole('region', { name: 'Now' });
    await present.getByRole('heading', { name: /^(Long|Short|Flat): direction/ }).waitFor();
    await page.getByRole('heading', { level: 1, name: /^Too early: 0 of 31 lots/ }).waitFor();
    await page.getByText('No trade yet').waitFor();
    await page.getByText('No lot yet').waitFor();
    await page.getByRole('tab', { name: 'Decisions' }).click();
    await page.getByText('No decision yet').waitFor();
    await page.getByRole('tab', { name: 'Lots' }).click();
    await page.getByText('No open lots. Free: 10,000.00 USDT.').waitFor();
    await expectAccessible();
    await screenshot('desk-empty');
    const start = present.getByRole('button', { name: 'Start paper trading' });
    await start.click();
    await start.waitFor({ state: 'detached' });
    const { auto_trade } = await send('GET', '/model-packages/gamma');
    expect(auto_trade).toBe(true);
  });

  test('a reset account starts again, with its history hidden', async () => {
    const account = 'paper_reset';
    await send('POST', '/paper/account/create', { model_id: account });
    await send('POST', '/paper/position/open', { model_id: account, side: 'Short', size_usdt: 500 });
    const [lot] = (await send('GET', `/paper/positions/${account}?status=open`)).positions;
    await send('POST', `/paper/position/${lot.id}/close`);
    const { page, visit } = await openPage();
    await visit(`/?model=${account}`);
    const chart = page.getByRole('application', { name: /^Chart of BTCUSDT/ });
    await page.getByRole('list', { name: 'Positions' }).getByText('Short').click();
    await expect.poll(() => new URL(page.url()).searchParams.get('position')).not.toBeNull();
    await expect.poll(() => chart.getAttribute('aria-label')).toContain('1 position.');
    await page.getByRole('tab', { name: 'Lots' }).click();
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Reset ${account}` });
    await dialog.getByLabel('Initial balance').fill('2500');
    await dialog.getByLabel(/^Hide previous trades/).check();
    await dialog.getByRole('button', { name: 'Reset account' }).click();
    await page.getByText('No open lots. Free: 2,500.00 USDT.').waitFor();
    await page.locator('.strip').getByText('2,500.00').first().waitFor();
    await expect.poll(() => chart.getAttribute('aria-label')).not.toContain('1 position.');
    expect(new URL(page.url()).searchParams.get('position')).toBeNull();
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
  for (const [viewport, colorScheme] of SCREENS) {
    test(`is shown like an account, but named as a replay: ${viewport}, ${colorScheme}`, async () => {
      const label = `Two hours <b>${viewport}</b>`;
      const { id } = await send('POST', '/paper/replays', {
        ...{ model_id: 'ppo_v1', label },
        ...{ from: iso(START), to: iso(START + 8 * DECISION_CANDLE) },
      });
      const { page, visit, screenshot, expectAccessible } = await openPage({
        viewport,
        colorScheme,
      });
      await visit(`/?replay=${id}`);
      await page.getByRole('heading', { level: 1, name: /^Too early: / }).waitFor();
      await page.getByRole('button', { name: label, pressed: true }).waitFor();
      await page
        .getByRole('heading', { name: /^All of \d+ decisions are the same without later candles$/ })
        .waitFor();
      await page.getByRole('button', { name: 'Replay them' }).waitFor();
      expect(new URL(page.url()).searchParams.get('model')).toBe('ppo_v1');
      await page.getByRole('tab', { name: 'Lots' }).click();
      await page.getByText('A replay is not traded by hand.').waitFor();
      expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
      await page.getByRole('tab', { name: 'Decisions' }).click();
      await page.getByRole('button', { name: inUtc(START) }).waitFor();
      await expectAccessible();
      await screenshot(`desk-replay-${viewport}-${colorScheme}`);
      await page.getByRole('button', { name: 'Live account' }).click();
      await expect.poll(() => new URL(page.url()).searchParams.get('run')).toBe('live');
      await page.getByRole('button', { name: 'Live account', pressed: true }).waitFor();
    });
  }
});
