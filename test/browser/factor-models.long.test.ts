import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BTC, type Directory, makeDirectory, ROOT_OK, SOL } from '../helper/factor-directory.ts';
import {
  type ListeningService,
  type PageOptions,
  SCREENS,
  startListeningService,
  useBrowser,
} from './harness.ts';

const PASSWORD = 'correct horse battery staple';
const MARKUP = '<img src=x onerror="document.title=1">';
const LONG = `${'very_long_name_'.repeat(20)}end`;
/** Has every character with a meaning in an address. */
const ODD_NAME = '100% <b>a&b?c#d</b>';

const browser = useBrowser();
let target: ListeningService;
let directory: Directory;

beforeAll(async () => {
  target = await startListeningService({
    env: { MODEL_MANAGER_WATCH_INTERVAL: '0.1', MODEL_MANAGER_WATCH_DEBOUNCE: '0.3' },
  });
  directory = await makeDirectory(ROOT_OK);
});
afterAll(async () => {
  await target.close();
  await directory.remove();
});

/** The session of all tests after the first, which sets the password. */
let token: string;

const openLoggedIn = (options?: PageOptions) => browser.openPage(target, { ...options, token });

const models = () => target.service.services.factorModels;

test('without a password the view asks for one, and links to its form', async () => {
  const { page, visit, expectAccessible } = await browser.openPage(target);
  await visit('/factor-models/alpha/SOLUSDT');
  await page.getByText('A password is required').waitFor();
  await expectAccessible();
  await page.getByRole('link', { name: 'Set a password' }).click();
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('Repeat password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByRole('heading', { name: 'Session' }).waitFor();
  token = await page.evaluate<string>(`localStorage.getItem('paperdesk.token')`);
});

describe('a directory', () => {
  test('is refused with the sentence of the service, then registered and read', async () => {
    const { page, visit, screenshot, expectAccessible } = await openLoggedIn({ tolerate: [/ 400|\(400/] });
    await visit('/factor-models');
    await page.getByText('No directory yet').waitFor();
    await expectAccessible();
    await screenshot('factor-models-empty');
    await page.getByLabel('Name').fill('alpha');
    await page.getByLabel('Path').fill(`${directory.folder}/nowhere`);
    await page.getByRole('button', { name: 'Register and scan' }).click();
    await page.getByText(`model root path not found or not directory: ${directory.folder}/nowhere`).waitFor();
    await page.getByLabel('Path').fill(directory.folder);
    await page.getByRole('button', { name: 'Register and scan' }).click();

    await page.getByRole('heading', { name: 'alpha' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/factor-models/alpha');
    await expectAccessible();
    await screenshot('factor-models-model');
    await page.getByRole('link', { name: 'SOLUSDT' }).click();

    const bars = page.getByRole('table', { name: /Kendall’s tau of each factor/ }).getByRole('row');
    await bars.nth(1).waitFor();
    const expected = (await models().snapshot('alpha')).groups.find(({ key }) => key === SOL)!.icRows;
    const shown = async () =>
      (await bars.allInnerTexts()).slice(1).map((text) => text.split(/\s+/).filter(Boolean));
    const written = (tau: number | null) => `${tau! < 0 ? '−' : '+'}${Math.abs(tau!).toFixed(4)}`;
    const bySize = [...expected].sort((a, b) => Math.abs(b.kendallTau!) - Math.abs(a.kendallTau!));
    expect(await shown()).toEqual(bySize.map((row) => [row.factorName, written(row.kendallTau)]));
    await page.getByRole('group', { name: 'Sorted by' }).getByRole('button', { name: 'Value' }).click();
    const byValue = [...expected].sort((a, b) => b.kendallTau! - a.kendallTau!);
    expect(await shown()).toEqual(byValue.map((row) => [row.factorName, written(row.kendallTau)]));
    await page.getByRole('searchbox', { name: 'Search factors' }).fill('ofi L1');
    await page.getByText(`1 of ${expected.length} rows`).waitFor();
    expect(await shown()).toEqual(
      expected
        .filter(({ factorName }) => factorName.includes('ofi_l1'))
        .map((row) => [row.factorName, written(row.kendallTau)]),
    );
    await page.getByRole('searchbox', { name: 'Search factors' }).fill('');
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('group', { name: 'Information coefficients' }).waitFor();
    await expectAccessible();
  });

  test('gives predictions, and its model as a file', async () => {
    const { page, visit } = await openLoggedIn({ tolerate: [/ 422|\(422/] });
    await visit('/factor-models/alpha/SOLUSDT');
    const values = page.getByLabel('Factor values');
    const predict = page.getByRole('button', { name: 'Predict' });
    await values.fill('1, 2, x');
    await predict.click();
    await page.getByText('Line 1 has "x" where a number should be.').waitFor();
    await values.fill('1, 2');
    await predict.click();
    await page.getByText(/Row 0 has 2 values; the model of SOLUSDT_mid_chg_1m takes 12/).waitFor();
    await page.getByRole('button', { name: 'Insert template' }).click();
    await predict.click();
    const answer = page.getByRole('group', { name: /^Predictions/ }).getByRole('row');
    await answer.nth(1).waitFor();
    const group = (await models().snapshot('alpha')).groups.find(({ key }) => key === SOL)!;
    const { json } = await models().score(group, new Float32Array(12), {});
    const [zero] = JSON.parse(Buffer.from(json).toString());
    expect(Number((await answer.nth(1).innerText()).split(/\s+/).at(-1))).toBeCloseTo(zero, 6);

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download/ }).click();
    expect((await download).suggestedFilename()).toBe('alpha-SOLUSDT.json');
  });

  test('is read again when its files change, and lists the changes', async () => {
    const { page, visit, screenshot, expectAccessible } = await openLoggedIn();
    await visit('/factor-models/alpha/BTCUSDT');
    await page.getByRole('rowheader', { name: 'liq_flow' }).waitFor();
    await directory.write(
      `${BTC}_ic.csv`,
      'symbol,factor_name,return_name,Kendall_tau\nBTCUSDT,fresh,mid_chg_1m,0.5\n',
    );
    await page.getByRole('rowheader', { name: 'fresh' }).waitFor();
    expect(await page.getByRole('rowheader', { name: 'liq_flow' }).count()).toBe(0);

    await visit('/factor-models/alpha');
    await directory.write('XRPUSDT_up_factors.txt', 'a\nb\n');
    await page.getByRole('link', { name: 'XRPUSDT' }).waitFor();
    await directory.write('XRPUSDT_up_factors.txt', 'b\nc\n');
    await page.getByRole('tab', { name: 'Changes (3)' }).click();
    await page.getByText('1 factor added').waitFor();
    await page.getByText('1 factor removed').waitFor();
    expect(page.url()).toContain('tab=changes');
    await expectAccessible();
    await screenshot('factor-models-changes');
    await directory.write(`${SOL}_factors.txt`, '');
    await page.getByText(`${SOL}_factors.txt has 0 bytes.`).waitFor();
    await directory.write(`${SOL}_factors.txt`, await readFile(`${ROOT_OK}/${SOL}_factors.txt`, 'utf8'));
    await page.getByText(`${SOL}_factors.txt has 0 bytes.`).waitFor({ state: 'detached' });
  });
});

describe('hostile names', () => {
  let hostile: Directory;
  beforeAll(async () => {
    hostile = await makeDirectory();
    const factors = [
      MARKUP,
      LONG,
      '__proto__',
      '"quoted", with comma',
      ...Array.from({ length: 496 }, (_, i) => `f_${i}`),
    ];
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
    const taus = factors.map((name, i) => `A/B,${quoted(name)},up,${((i % 41) - 20) / 200}`);
    await hostile.write('odd_factors.txt', factors.join('\n'));
    await hostile.write('odd_ic.csv', `symbol,factor_name,return_name,Kendall_tau\n${taus.join('\n')}\n`);
    await hostile.write('XUSDT_up_factors.txt', 'f_1\nf_2\n');
    await models().register(ODD_NAME, hostile.folder);
  });
  afterAll(async () => {
    await hostile.remove();
  });

  for (const [viewport] of SCREENS) {
    test(`are shown as text on a ${viewport} screen`, async () => {
      const { page, visit, screenshot, expectAccessible } = await openLoggedIn({ viewport });
      await visit('/factor-models');
      await page.getByRole('link', { name: ODD_NAME }).click();
      await page.getByRole('heading', { name: ODD_NAME }).waitFor();
      await page.getByRole('tab', { name: 'Factors (500)' }).click();
      await page.getByRole('cell', { name: MARKUP }).waitFor();
      await expectAccessible();
      await page.getByRole('tab', { name: 'Symbols (2)' }).click();
      await page.getByRole('link', { name: 'A/B' }).click();
      await page.getByRole('rowheader', { name: MARKUP }).waitFor();
      await expectAccessible();
      await page.getByRole('button', { name: 'Show 450 more' }).click();
      await page.getByRole('rowheader', { name: 'f_495' }).waitFor();
      await page.getByRole('searchbox', { name: 'Search factors' }).first().fill('end');
      await page.getByText('1 of 500 rows').waitFor();
      await screenshot(`factor-models-hostile-${viewport}`);
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.title()).not.toBe('1');
    });
  }
});

for (const [viewport, colorScheme] of SCREENS) {
  test(`all views are accessible: ${viewport}, ${colorScheme}`, async () => {
    const { page, visit, screenshot, expectAccessible } = await openLoggedIn({ viewport, colorScheme });
    for (const [name, address] of [
      ['list', '/factor-models'],
      ['uses', '/factor-models/alpha?tab=factors'],
      ['symbol', '/factor-models/alpha/ETHUSDT'],
    ] as const) {
      await visit(address);
      await page.getByRole('table').first().waitFor();
      await expectAccessible();
      await screenshot(`factor-models-${name}-${viewport}-${colorScheme}`);
    }
  });
}

/** The focused element: its text, whether it is marked, and whether something covers it. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const { left, top, width, height } = element.getBoundingClientRect();
  const { outlineStyle } = getComputedStyle(element);
  const above = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20));
  return {
    name: element.outerHTML.slice(0, 100),
    isMarked: outlineStyle !== 'none',
    isCovered: above === null || !(element.contains(above) || above.contains(element)),
  };
})()`;

test('the keyboard reaches everything on a phone, and the focused element is visible', async () => {
  const { page, visit } = await openLoggedIn({ viewport: 'phone' });
  await visit('/factor-models/alpha/SOLUSDT');
  await page.getByRole('rowheader', { name: 'ofi_l1' }).waitFor();
  const stops: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate<{ name: string; isMarked: boolean; isCovered: boolean } | null>(FOCUSED);
    if (at === null) break;
    expect(at).toMatchObject({ isMarked: true, isCovered: false });
    stops.push(at.name);
    expect(stops.length, stops.slice(-5).join('\n')).toBeLessThan(150);
  }
  expect(stops.some((name) => name.includes('Insert template') || name.includes('textarea'))).toBe(true);
});

test('a directory is registered, and its tabs are selected, by the keyboard alone', async () => {
  const { page, visit } = await openLoggedIn({ tolerate: [/ 404|\(404/] });
  await visit('/factor-models');
  await page.getByLabel('Name').focus();
  await page.keyboard.type('by-keys');
  await page.keyboard.press('Tab');
  await page.keyboard.type(directory.folder);
  await page.keyboard.press('Enter');
  const symbols = page.getByRole('tab', { name: /^Symbols/ });
  await symbols.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('group', { name: 'Factors and the groups that use them' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('group', { name: 'Symbols' }).waitFor();
  await models().remove('by-keys');
  await page.getByText('There is no factor model by-keys').waitFor();
});

test('a directory is unregistered after a confirmation, and its files stay', async () => {
  const { page, visit } = await openLoggedIn({ tolerate: [/ 404|\(404/] });
  const before = await readdir(directory.folder, { recursive: true });
  await visit('/factor-models/alpha');
  await page.getByRole('button', { name: 'Unregister' }).click();
  await page.getByText(/are not changed/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Unregister' }).click();
  await page.getByRole('heading', { name: 'Registered directories' }).waitFor();
  await page.getByRole('link', { name: 'alpha' }).waitFor({ state: 'detached' });
  expect(await readdir(directory.folder, { recursive: true })).toEqual(before);
  await visit('/factor-models/alpha');
  await page.getByText('There is no factor model alpha').waitFor();
  await visit('/factor-models/alpha/SOLUSDT');
  await page.getByText('There is no factor model alpha').waitFor();
});
