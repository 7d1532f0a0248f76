import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Part, packageParts, upload, warmedUp } from '../helper/upload.ts';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const browser = useBrowser();
let target: ListeningService;
beforeAll(async () => {
  target = await startListeningService();
  expect(await uploadBeta('Beta <b>two</b>')).toBe('beta_b_two_b');
});
afterAll(() => target.close());

async function uploadBeta(name: string, more: readonly Part[] = []): Promise<string> {
  const parts = (await packageParts('beta')).filter(([part]) => part !== 'name');
  const { id } = (await upload(target.service.app, [['name', name], ...parts, ...more])).json();
  await warmedUp(target.service.app, id);
  return id;
}

describe('the overview', () => {
  /** As long as a name can be read on any screen, and without a space to break at. */
  const LONG_NAME = `x${'0123456789_'.repeat(11)}`.slice(0, 120);
  const switcher = /^Package: /;

  test('tells packages of one name apart, and long names fit on a phone', async () => {
    const ids = [await uploadBeta('twin'), await uploadBeta('twin'), await uploadBeta(LONG_NAME)];
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'phone',
    });
    await visit(`/packages?model=${ids[1]}`);
    for (const id of ids) await page.getByRole('row').filter({ hasText: id }).first().waitFor();
    await page.getByRole('button', { name: switcher }).filter({ hasText: ids[1]! }).click();
    const list = page.getByRole('listbox', { name: 'Packages' });
    for (const id of ids)
      await list
        .getByRole('option')
        .filter({ hasText: `${id} · ` })
        .waitFor();
    await expectAccessible();
    await screenshot('packages-switcher-phone', { fullPage: false });
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    await expectAccessible();
    await screenshot('packages-overview-phone');
    await visit(`/packages/${ids[2]}?model=${ids[2]}`);
    await expectAccessible();
    await screenshot('packages-long-name-phone');
    await visit(`/packages/${ids[2]}?against=${ids[0]}`);
    await page.getByRole('region', { name: 'Differences' }).or(page.getByText('values are equal')).waitFor();
    await expectAccessible();
    for (const model_id of [ids[2], ids[0]]) {
      const account = { method: 'POST', url: '/paper/account/create', payload: { model_id } } as const;
      expect((await target.service.app.inject(account)).statusCode).toBe(201);
    }
    await visit(`/compare?packages=${ids[2]},${ids[0]}`);
    await page.getByRole('combobox', { name: 'Compared 2' }).waitFor();
    await expectAccessible();
  });

  test('keeps the selected package behind the logo, a bare address and the page of another one', async () => {
    const { page, visit } = await browser.openPage(target);
    const selected = () => page.getByRole('button', { name: 'Package: Beta <b>two</b>' });
    await visit('/packages?model=beta_b_two_b');
    await selected().waitFor();
    await visit('/packages/ppo_v1');
    await page.getByRole('heading', { name: 'ppo_v1', level: 1 }).waitFor();
    await selected().waitFor();
    await page.getByRole('link', { name: 'paperdesk', exact: true }).click();
    await page.locator('nav a[aria-current=page]:has-text("Desk")').waitFor();
    await selected().waitFor();
    await visit('/');
    await selected().waitFor();
    // A newer package does not take its place.
    await uploadBeta('newest of all');
    await page.reload();
    await selected().waitFor();
  });

  test('starts and stops trading by the service, and filters, sorts and searches in the address', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target);
    await target.service.app.inject({
      method: 'PATCH',
      url: '/model-packages/ppo_v1',
      payload: { tags: ['btc'] },
    });
    await visit('/packages');
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: 'ppo_v1', exact: true }) });
    await row.getByRole('button', { name: 'Start ppo_v1' }).click();
    await row.getByText('Trading', { exact: true }).waitFor();
    await row.getByText(/^by the service/).waitFor();
    // Its account is made by the first decision.
    await row
      .getByText('0, never traded')
      .or(row.getByText(/ open$/))
      .waitFor();
    await page.getByRole('button', { name: 'Trading 1', exact: true }).click();
    await page.waitForURL('**/packages?show=trading');
    expect(await page.getByRole('table').getByRole('row').count()).toBe(2);
    await expectAccessible();
    await screenshot('packages-trading');
    await row.getByRole('button', { name: 'Stop ppo_v1' }).click();
    await page.getByText('No package fits').waitFor();

    await page.getByRole('button', { name: /^#btc/ }).click();
    await row.getByText('Ready', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^All/ }).click();
    await page.getByRole('searchbox', { name: /^Search packages by/ }).fill('beta_b');
    await row.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('link', { name: 'Beta <b>two</b>' }).waitFor();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Return' }).click();
    expect(new URL(page.url()).searchParams.get('sort')).toBe('return');
    await page
      .getByRole('columnheader', { name: 'Return' })
      .and(page.locator('[aria-sort=ascending]'))
      .waitFor();
  });

  test('ticked packages are replayed over the same days', async () => {
    const { page, visit, expectAccessible } = await browser.openPage(target);
    await visit('/packages');
    await page.getByRole('checkbox', { name: 'Tick ppo_v1 (ppo_v1)' }).check();
    await page.getByRole('checkbox', { name: 'Tick Beta <b>two</b> (beta_b_two_b)' }).check();
    await page.getByRole('button', { name: 'Compare ticked (2)' }).waitFor();
    await page.getByRole('link', { name: 'Replay ticked (2)' }).click();
    await page.getByLabel('First day (UTC)').fill('2026-11-24');
    await expectAccessible();
    const answer = page.waitForResponse((one) => one.request().method() === 'POST');
    await page.getByRole('button', { name: 'Start 2 replays' }).click();
    expect((await answer).status()).toBe(202);
    const { items } = (await target.service.app.inject('/paper/replays')).json();
    const ranges = items.map(({ model_package_id, from, to }: Record<string, string>) => [
      model_package_id,
      from,
      to,
    ]);
    expect(ranges).toEqual(
      expect.arrayContaining(
        ['ppo_v1', 'beta_b_two_b'].map((id) => [id, '2026-11-24T00:00:00.000Z', '2026-11-26T00:00:00.000Z']),
      ),
    );
  });
});

describe('the page of a package', () => {
  test('edits name, notes and tags, moves an alias, and shows versions and differences', async () => {
    await uploadBeta('next beta', [['version_of', 'beta_b_two_b']]);
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target);
    await visit('/packages/next_beta');
    await page.getByText('version 2 of').waitFor();
    await page
      .getByRole('note')
      .getByText(/^It has the same files as /)
      .waitFor();
    await page.getByRole('button', { name: 'Edit name, notes and tags' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Beta of May');
    await page.getByRole('textbox', { name: 'Tags' }).fill('btc, #May');
    await page.getByRole('textbox', { name: 'Notes', exact: true }).fill('with funding');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Beta of May' }).waitFor();
    await page.getByText('#May').waitFor();
    await page.getByText('with funding').waitFor();

    const alias = page.getByLabel('Alias', { exact: true });
    await alias.fill('candidate');
    await page.getByRole('button', { name: 'Add alias' }).click();
    await page.getByText('model_id=paper_@candidate').waitFor();
    await page.getByLabel('Other package', { exact: true }).selectOption('ppo_v1');
    await page.getByText(/^\d+ differences in \d+ values\.$/).waitFor();
    await page.getByRole('row', { name: /^parameters / }).waitFor();
    await expectAccessible();
    await screenshot('packages-page');

    await page
      .getByRole('region', { name: 'Versions' })
      .getByRole('link', { name: 'Beta <b>two</b>' })
      .click();
    await page.getByRole('heading', { name: 'Beta <b>two</b>', level: 1 }).waitFor();
    await alias.fill('@candidate');
    await page.getByText('It means Beta of May (next_beta) now.').waitFor();
    await page.getByRole('button', { name: 'Move here' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Move alias' }).click();
    await page.getByText('model_id=paper_@candidate').waitFor();
    const { aliases } = (await target.service.app.inject('/model-packages/next_beta')).json();
    expect(aliases).toEqual([]);
  });
});
