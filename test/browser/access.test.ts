import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ListeningService, SCREENS, startListeningService, useBrowser } from './harness.ts';

const PASSWORD = 'correct horse battery staple';

const browser = useBrowser();

describe('a first visit, without a password', () => {
  let target: ListeningService;
  beforeAll(async () => {
    target = await startListeningService();
  });
  afterAll(() => target.close());

  for (const [viewport, colorScheme] of SCREENS) {
    test(`shows the packages, live and marked as recorded: ${viewport}, ${colorScheme}`, async () => {
      const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
        viewport,
        colorScheme,
      });
      await visit('/packages');
      await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
      await page.getByText('RECORDED MARKET').waitFor();
      await page.getByRole('status', { name: 'Live' }).waitFor();
      await expectAccessible();
      await screenshot(`packages-${viewport}-${colorScheme}`);
    });
  }

  test('walks through all views by its navigation, and keeps the package', async () => {
    const { page, visit, expectAccessible } = await browser.openPage(target);
    await visit('/?model=ppo_v1');
    for (const name of ['Packages', 'Compare', 'Factors', 'System', 'Desk']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.locator(`nav a[aria-current=page]:has-text("${name}")`).waitFor();
      expect(new URL(page.url()).searchParams.get('model')).toBe('ppo_v1');
      await expectAccessible();
    }
  });

  test('draws a chart that follows the theme', async () => {
    for (const viewport of ['desktop', 'phone'] as const) {
      const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, { viewport });
      await visit('/');
      await page.getByRole('img', { name: /^Candles of BTCUSDT\. Last price: / }).waitFor();
      await page.locator('.chart-canvas canvas').first().waitFor();
      await expectAccessible();
      await screenshot(`desk-${viewport}-light`);
      await page.getByRole('button', { name: /switch to light/ }).click();
      await page.getByRole('button', { name: /switch to dark/ }).click();
      await page.locator('.chart-canvas[data-scheme=dark] canvas').first().waitFor();
      await screenshot(`desk-${viewport}-dark`);
    }
  });

  test('leads to the description of the routes, which works too', async () => {
    // That page is Swagger's own; one decoration of it is an inline style, which its policy refuses.
    const { page } = await browser.openPage(target, { tolerate: [/style/] });
    await page.goto('/docs');
    await page.locator('.opblock').first().waitFor();
  });

  test('says so at an address without a view', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/packages/a/b/c');
    await page.getByText('There is no view at this address').waitFor();
  });

  test('remembers a theme that was chosen', async () => {
    const { page, visit } = await browser.openPage(target, { colorScheme: 'light' });
    await visit('/packages');
    const colour = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await colour();
    await page.getByRole('button', { name: /switch to light/ }).click();
    await page.getByRole('button', { name: /switch to dark/ }).click();
    expect(await colour()).not.toBe(light);
    const dark = await colour();
    await page.reload();
    await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
    expect(await colour()).toBe(dark);
  });
});

describe('the service that goes away', () => {
  let target: ListeningService;
  beforeAll(async () => {
    target = await startListeningService();
  });
  afterAll(() => target.close());

  test('is shown as reconnecting, and live again by itself', async () => {
    const { page, visit } = await browser.openPage(target, {
      tolerate: [/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE|ERR_EMPTY|50[23]/],
    });
    await visit('/packages');
    await page.getByRole('status', { name: 'Live' }).waitFor();
    await target.service.app.close();
    await page.getByRole('button', { name: /Reconnecting|Offline/ }).waitFor();
    await target.restart();
    await page.getByRole('status', { name: 'Live' }).waitFor();
  });
});

describe('the password', () => {
  let target: ListeningService;
  beforeAll(async () => {
    target = await startListeningService();
  });
  afterAll(() => target.close());

  test('is set, then asked for; every session can be ended', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      tolerate: [/401/],
    });
    await visit('/access');
    await screenshot('access-first-password');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByLabel('Repeat password').fill('another');
    await page.getByText('The passwords do not match.').waitFor();
    expect(await page.getByRole('button', { name: 'Set password' }).isDisabled()).toBe(true);
    await expectAccessible();
    await page.getByLabel('Repeat password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('heading', { name: 'Session' }).waitFor();
    await page.getByText('Password set. You are logged in.').waitFor();

    await target.service.services.access.createServiceToken('loop');
    await page.reload();
    await page.getByRole('cell', { name: 'loop', exact: true }).waitFor();
    await expectAccessible();
    await screenshot('access-session');

    await page.getByRole('button', { name: 'Revoke loop' }).click();
    await screenshot('access-confirm', { fullPage: false });
    await page.getByRole('button', { name: 'Revoke token' }).click();
    await page.getByText('No service token yet').waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    await expectAccessible();

    await visit('/packages?model=ppo_v1');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Wrong password.').waitFor();
    await screenshot('access-wrong-password');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
    expect(page.url()).toBe(`${target.url}/packages?model=ppo_v1`);

    await visit('/access');
    await page.getByRole('button', { name: 'End all sessions' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await page.evaluate('[localStorage.length, sessionStorage.length]')).toEqual([0, 0]);
  });

  test('never stands in an address, and is asked for on a phone too', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'phone',
      colorScheme: 'dark',
    });
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await visit('/');
    await page.getByLabel('Password').waitFor();
    await expectAccessible();
    await screenshot('access-log-in-phone-dark');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('checkbox').uncheck();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('status', { name: 'Live' }).waitFor();
    const token = await page.evaluate<string>(`sessionStorage.getItem('paperdesk.token')`);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(addresses.filter((one) => one.includes(token) || one.includes('horse'))).toEqual([]);
    expect(await page.evaluate('localStorage.length')).toBe(0);
  });
});
