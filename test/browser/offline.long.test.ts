// promise: docs/security.md "The page loads from the service alone"

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ListeningService, SCREENS, startListeningService, useBrowser } from './harness.ts';

const browser = useBrowser();
/** What the browser says about requests to a service that is stopped. */
const LOST = [
  /ERR_CONNECTION_(REFUSED|RESET)/,
  /ERR_FAILED/,
  /ERR_INCOMPLETE_CHUNKED_ENCODING/,
  /ERR_EMPTY_RESPONSE/,
  // It answers so while it is stopping.
  /\b503\b/,
];
let target: ListeningService;

beforeAll(async () => {
  target = await startListeningService();
});
afterAll(() => target.close());

describe('while the service is stopped', () => {
  for (const [viewport, colorScheme] of SCREENS) {
    test(`the page keeps what it shows, gray and inert, and recovers: ${viewport}, ${colorScheme}`, async () => {
      const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
        viewport,
        colorScheme,
        tolerate: LOST,
      });
      await visit('/system');
      await page.getByRole('status', { name: 'Live' }).waitFor();
      const row = page.getByRole('group', { name: 'Symbols', exact: true }).getByText('BTCUSDT').first();
      await row.waitFor();
      await page.locator('main button').first().focus();
      await page.evaluate('window.isSameDocument = true');
      await target.stop();
      await page.getByText(/^No answer since \d\d:\d\d:\d\d UTC\.$/).waitFor();
      await page.getByText('What you see is from then.').waitFor();
      expect(await row.isVisible()).toBe(true);
      expect(await page.locator('#main').getAttribute('inert')).not.toBeNull();
      // Every panel would say the same.
      expect(await page.getByText('The service does not respond').count()).toBe(0);
      await expectAccessible();
      await screenshot(`offline-${viewport}-${colorScheme}`, { fullPage: false });
      await target.start();
      await page.getByText(/^No answer since/).waitFor({ state: 'detached' });
      await page.locator('#main:not([inert])').waitFor();
      const hasFocus = "document.activeElement === document.querySelector('main button')";
      expect(await page.evaluate(hasFocus)).toBe(true);
      expect(await page.evaluate('window.isSameDocument')).toBe(true);
    });
  }

  test('a view whose script was never loaded says so, and comes when the service answers', async () => {
    const { page, visit } = await browser.openPage(target, { tolerate: LOST });
    // Otherwise the page reloads itself, once, because the script is missing while the service answers.
    await page.evaluate("sessionStorage.setItem('paperdesk.reloaded-at', Date.now())");
    await page.route('**/assets/views-*.js', (route) => route.abort());
    await visit('/packages/no/such/view');
    await page.evaluate('window.isSameDocument = true');
    await page.getByRole('status', { name: 'Live' }).waitFor();
    await target.stop();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
    await page.getByText('This comes when the service answers.').waitFor();
    await page.getByText(/^No answer since/).waitFor();
    await target.start();
    await page.getByRole('heading', { level: 1, name: /Nothing to compare/ }).waitFor();
    expect(await page.evaluate('window.isSameDocument')).toBe(true);
  });

  test('a view that was not opened before can be opened', async () => {
    const { page, visit } = await browser.openPage(target, { tolerate: LOST });
    const script = page.waitForResponse('**/assets/views-*.js');
    await visit('/');
    await (await script).finished();
    await target.stop();
    await page.getByText(/^No answer since/).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('group', { name: 'Compared' }).waitFor();
    await page.getByText('This comes when the service answers.').waitFor();
    await target.start();
    await page.getByRole('heading', { level: 1, name: /Nothing to compare/ }).waitFor();
  });

  test('the reader can try at once', async () => {
    const { page, visit } = await browser.openPage(target, { tolerate: LOST });
    await visit('/system');
    await page.getByRole('status', { name: 'Live' }).waitFor();
    await target.stop();
    await page.getByText(/^No answer since/).waitFor();
    await target.start();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText(/^No answer since/).waitFor({ state: 'detached' });
  });
});

test('a file that is gone after an upgrade reloads the page, once', async () => {
  const { page, visit } = await browser.openPage(target, { tolerate: [/ERR_FAILED/] });
  await page.route('**/assets/views-*.js', (route) => route.abort());
  await visit('/');
  await page.waitForFunction("sessionStorage.getItem('paperdesk.reloaded-at') !== null");
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('heading', { level: 1, name: /Nothing to compare/ }).waitFor();
});
