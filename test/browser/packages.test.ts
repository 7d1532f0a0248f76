import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { packageParts, upload, warmedUp } from '../helper/upload.ts';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const PACKAGES = join(PROJECT_ROOT, 'test', 'fixtures', 'packages');
const file = (path: string) => join(PACKAGES, path);
const BETA = ['beta/forecast_model.pt', 'beta/ppo_policy.zip', 'beta/scaler.pkl', 'beta/manifest.json'].map(
  file,
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
    await screenshot('packages-upload-refused');

    await page.getByLabel('File of the policy').setInputFiles(file('beta/ppo_policy.zip'));
    await page.getByText('OBSERVATION_SIZE').waitFor({ state: 'detached' });
    await send.click();
    await page.getByRole('heading', { name: 'Beta <b>two</b>' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/packages/beta_b_two_b');
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

  test('reports a file that is too large before it is sent', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/packages');
    await page.getByText('up to 1 MB per file').waitFor();
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
    await page.locator('.package-select select').selectOption('beta_b_two_b');
    await page.waitForURL('**/packages/beta_b_two_b*');
    await page.getByRole('heading', { name: 'Beta <b>two</b>' }).waitFor();
    await visit('/packages/nobody');
    await page.getByText('There is no package nobody').waitFor();
  });
});
