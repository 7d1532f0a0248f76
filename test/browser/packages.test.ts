import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { type Part, packageParts, upload, warmedUp } from '../helper/upload.ts';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const PACKAGES = join(PROJECT_ROOT, 'test', 'fixtures', 'packages');
const file = (path: string) => join(PACKAGES, path);
const BETA = ['beta/forecast_model.pt', 'beta/ppo_policy.zip', 'beta/scaler.pkl', 'beta/manifest.json'].map(
  file,
);

const DELTA = [
  'delta/forecast_model.pt',
  'delta/ppo_policy.zip',
  'delta/scaler.pkl',
  'delta/manifest.json',
].map(file);

/** The upload fields of the files of a package that has all four. */
const filesOf = (name: string) =>
  Promise.all(
    [
      ['forecast_model', 'forecast_model.pt'],
      ['ppo_model', 'ppo_policy.zip'],
      ['scaler', 'scaler.pkl'],
      ['manifest', 'manifest.json'],
    ].map(async ([field, path]): Promise<Part> => [field!, await readFile(file(`${name}/${path}`))]),
  );

const browser = useBrowser();
let target: ListeningService;
beforeAll(async () => {
  // Alpha is larger than this, beta is not.
  target = await startListeningService({ env: { UPLOAD_MAX_BYTES: '1000000' } });
});
afterAll(() => target.close());

describe('an upload', () => {
  test('is refused with the sentence of the service, accepted once corrected, and warmed up live', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      tolerate: [/422/],
    });
    await visit('/packages');
    await page
      .getByLabel('Files of a package')
      .setInputFiles([
        file('beta/forecast_model.pt'),
        file('refused/ppo_obs_74.zip'),
        join(PROJECT_ROOT, 'test', 'browser', 'packages.test.ts'),
      ]);
    await page.getByText(/packages\.test\.ts is not part of a package/).waitFor();
    const name = page.getByRole('textbox', { name: 'Name' });
    expect(await name.inputValue()).toBe('ppo_obs_74');
    await name.fill(' ');
    await page.getByText('Missing: a name.').waitFor();
    await name.fill('Beta <b>two</b>');
    await page.getByRole('textbox', { name: 'Notes' }).fill('<img src=x onerror=alert(1)>');
    await expectAccessible();
    const send = page.getByRole('button', { name: 'Upload', exact: true });
    await send.click();
    await page.getByText(/The policy expects 74 observations/).waitFor();
    await page.getByText('OBSERVATION_SIZE').waitFor();
    // The refused file has no tick, and says that it is the one.
    const card = page.getByRole('article', { name: 'Upload of Beta <b>two</b>' });
    await card.getByText('Refused', { exact: true }).waitFor();
    await card.getByRole('listitem').filter({ hasText: 'ppo_obs_74.zip' }).getByText('refused').waitFor();
    expect(await card.getByText('✓').count()).toBe(0);
    await expectAccessible();
    await screenshot('packages-upload-refused');

    await page.getByLabel('File of the policy').setInputFiles(file('beta/ppo_policy.zip'));
    await page.getByText('OBSERVATION_SIZE').waitFor({ state: 'detached' });
    await send.click();
    await card.getByRole('link', { name: 'Beta <b>two</b>' }).waitFor();
    const start = card.getByRole('button', { name: 'Start paper trading' });
    await start.and(page.locator(':enabled')).waitFor();
    await expectAccessible();
    await screenshot('packages-upload-stored');
    await card.getByRole('link', { name: 'Beta <b>two</b>' }).click();
    await page.waitForURL('**/packages/beta_b_two_b*');
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.getByText('Full manifest').click();
    await expectAccessible();
    await screenshot('packages-detail');
  });

  test('takes dropped files, also a JSON scaler, and suggests a name', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/packages');
    const dropped = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      const add = (name, content) => transfer.items.add(new File([content], name));
      add('sunrise_7.pt', 'x');
      add('ppo_policy_final.zip', 'x');
      add('fitted.json', '{"mean": [1], "scale": [1]}');
      add('manifest.json', '{"symbol": "BTCUSDT"}');
      return transfer;
    })()`);
    await page.dispatchEvent('.drop-zone', 'drop', { dataTransfer: dropped });
    const partRow = (name: string) => page.getByRole('listitem').filter({ hasText: name });
    await partRow('Scaler').getByText('fitted.json').waitFor();
    await partRow('Manifest').getByText('manifest.json').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('sunrise_7');
    await page.getByRole('button', { name: 'Remove the policy' }).click();
    await page.getByText('Missing: the policy (.zip).').waitFor();
  });

  test('with a proof that disagrees is refused, and with one that agrees it is shown as proven', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      tolerate: [/422/],
    });
    await visit('/packages');
    await page.getByLabel('Files of a package').setInputFiles([...DELTA, file('delta/proof_wrong.json')]);
    const partRow = (name: string) => page.getByRole('listitem').filter({ hasText: name });
    await partRow('Proof').getByText('proof_wrong.json').waitFor();
    await partRow('Manifest').getByText('manifest.json').waitFor();
    await partRow('Normalization')
      .getByText(/cannot be told from its own file/)
      .waitFor();
    await expectAccessible();
    await page.getByRole('textbox', { name: 'Name' }).fill('delta');
    const send = page.getByRole('button', { name: 'Upload', exact: true });
    await send.click();
    const refusal = page.getByRole('alert');
    await refusal.getByText(/ema_200_dist/).waitFor();
    await refusal.getByText('PROOF_MISMATCH').waitFor();
    await screenshot('packages-proof-refused');

    await page.getByLabel('File of the proof').setInputFiles(file('delta/proof.json'));
    await refusal.waitFor({ state: 'detached' });
    await send.click();
    const card = page.getByRole('article', { name: 'Upload of delta' });
    await card.getByText(/^Proven: 3 windows, largest difference \d+e-\d+$/).waitFor();
    await card.getByRole('link', { name: 'delta', exact: true }).click();
    await page.getByRole('heading', { name: 'delta' }).waitFor();
    const pipeline = page.getByRole('region', { name: 'Pipeline' });
    await pipeline.getByText(/^proven: 3 windows, largest difference \d+e-\d+$/).waitFor();
    for (const text of ['30, train30', '16 steps (4 h)', '0.2 / 0.5 / 0.8']) {
      await pipeline.getByText(text, { exact: true }).waitFor();
    }
    await page.getByText('Differences from the proof').click();
    await expectAccessible();
    await screenshot('packages-proven');

    await page.getByRole('link', { name: 'Open desk' }).click();
    await page.getByRole('application', { name: /Forecast in 4 h: [\d,]+ to [\d,]+\.$/ }).waitFor();
    await screenshot('desk-of-16-steps');
  });

  test('of a package that decides hourly leads to a desk with its candles and its forecast', async () => {
    await upload(target.service.app, [['name', 'epsilon'], ...(await filesOf('epsilon'))]);
    await warmedUp(target.service.app, 'epsilon');
    // The recording has no candles of 5 minutes.
    const { page, visit } = await browser.openPage(target, { tolerate: [/interval=5m|status of 50\d/] });
    const hourly = page.waitForResponse(/\/market\/candles\?.*interval=1h/);
    const intrabar = page.waitForRequest(/\/market\/candles\?.*interval=5m&limit=12/);
    await visit('/?model=epsilon');
    expect((await hourly).ok()).toBe(true);
    await intrabar;
    expect(await page.getByRole('button', { name: '1h', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await page.getByRole('application', { name: /Forecast in 48 h: [\d,]+ to [\d,]+\.$/ }).waitFor();
  });

  test('takes the file of VecNormalize, and the page shows how observations are normalized', async () => {
    const { page, visit } = await browser.openPage(target, { viewport: 'phone' });
    await visit('/packages');
    const names = ['forecast_model.pt', 'ppo_policy.zip', 'scaler.pkl', 'manifest.json', 'vec_normalize.pkl'];
    await page.getByLabel('Files of a package').setInputFiles(names.map((name) => file(`zeta/${name}`)));
    await page.getByRole('textbox', { name: 'Name' }).fill('zeta');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    const card = page.getByRole('article', { name: 'Upload of zeta' });
    await card.getByRole('link', { name: 'zeta', exact: true }).click();
    await page.getByRole('heading', { name: 'zeta' }).waitFor();
    const pipeline = page.getByRole('region', { name: 'Pipeline' });
    await pipeline.getByText('no proof', { exact: true }).waitFor();
    await pipeline.getByText(/^VecNormalize, clipped to ±10, from [\d,]+ observations$/).waitFor();
  });

  test('reports a file that is too large before it is sent', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/packages');
    await page.getByText(/up to 1 MB per file/).waitFor();
    await page
      .getByLabel('Files of a package')
      .setInputFiles([file('alpha/forecast_model.pt'), file('alpha/ppo_policy.zip')]);
    await page.getByText(/^forecast_model\.pt has 2 MB; the maximum is 1 MB/).waitFor();
    expect(await page.getByRole('button', { name: 'Upload', exact: true }).isDisabled()).toBe(true);
  });

  test('can be canceled; nothing is stored then', async () => {
    const { page, visit, expectAccessible } = await browser.openPage(target, { viewport: 'phone' });
    await visit('/packages');
    await page.getByLabel('Files of a package').setInputFiles(BETA);
    await page.getByRole('textbox', { name: 'Name' }).fill('never');
    await page.route('**/model-packages/upload', () => {
      // Never answered: the upload is canceled.
    });
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page
      .getByRole('progressbar', { name: 'Uploading' })
      .or(page.getByText(/received\. Validating/))
      .waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Upload', exact: true }).waitFor();
    const all = (await target.service.app.inject('/model-packages')).json();
    expect(all.map(({ name }: { name: string }) => name)).not.toContain('never');
  });
});

describe('existing packages', () => {
  test('show the warnings that the service has about them', async () => {
    const parts = await filesOf('delta');
    const declared = JSON.parse(await readFile(file('delta/manifest.json'), 'utf8'));
    // An average over 200 candles still depends on the first candle of so short a history.
    const manifest = JSON.stringify({ ...declared, history_candles: 1184 });
    await upload(target.service.app, [
      ['name', 'short history'],
      ...parts.filter(([name]) => name !== 'manifest'),
      ['manifest', manifest],
    ]);
    await warmedUp(target.service.app, 'short_history');
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'phone',
    });
    await visit('/packages/short_history');
    await page.getByRole('note').filter({ hasText: 'ema_200' }).waitFor();
    await expectAccessible();
    await screenshot('packages-warning');
    await visit('/packages');
    await page.getByRole('row').filter({ hasText: 'short history' }).getByText('1 warning').waitFor();
  });

  test('are archived, restored and deleted; a refusal is shown as a sentence', async () => {
    await upload(target.service.app, [
      ...(await packageParts('beta')).filter(([name]) => name !== 'name'),
      ['name', 'gone soon'],
    ]);
    await warmedUp(target.service.app, 'gone_soon');
    const { page, visit, screenshot } = await browser.openPage(target, { tolerate: [/409/] });
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await visit('/packages/gone_soon');
    await button('Archive').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
    await page.getByText('Archived', { exact: true }).waitFor();
    await button('Restore').click();
    await page.getByText('Ready', { exact: true }).waitFor();
    await button('Archive').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
    await button('Delete').click();
    expect(await button('Delete permanently').isDisabled()).toBe(true);
    await page.getByLabel('Type gone_soon to confirm').fill('gone_soon');
    await button('Delete permanently').click();
    await page.waitForURL('**/packages');
    await page.getByRole('link', { name: 'gone soon', exact: true }).waitFor({ state: 'detached' });

    await target.service.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/archive' });
    await visit('/packages/ppo_v1');
    await button('Delete').click();
    await page.getByLabel('Type ppo_v1 to confirm').fill('ppo_v1');
    await button('Delete permanently').click();
    await page.getByText('ppo_v1 is the default package: it can be archived, not deleted.').waitFor();
    await screenshot('packages-delete-refused');
    await button('Restore').click();
    await page.getByText('Ready', { exact: true }).waitFor();
  });

  test('follow the package selector, and fit on a phone', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'narrow',
      colorScheme: 'dark',
    });
    await visit('/packages/ppo_v1');
    await expectAccessible();
    await screenshot('packages-detail-narrow-dark');
    await page.getByRole('button', { name: /^Package: / }).click();
    await page.getByRole('combobox', { name: 'Search packages' }).fill('two');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/packages/beta_b_two_b*');
    await page.getByRole('heading', { name: 'Beta <b>two</b>' }).waitFor();
    await visit('/packages/nobody');
    await page.getByText('There is no package nobody').waitFor();
  });
});
