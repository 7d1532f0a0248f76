import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const PASSWORD = 'correct horse battery staple';

const browser = useBrowser();
let target: ListeningService;
beforeAll(async () => {
  target = await startListeningService();
});
afterAll(() => target.close());

test('a page whose service goes away is reconnecting, and live again on its own', async () => {
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

test('a password is set, then required; all sessions can be ended', async () => {
  const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, { tolerate: [/401/] });
  await visit('/access');
  await screenshot('access-first-password');
  expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('New password');
  await page.getByText(/^At least 8 characters, because everyone/).waitFor();
  await page.keyboard.type('short');
  await page.getByLabel('Repeat password').fill('short');
  await page.getByText('5 characters of 8: shorter ones can be guessed.').waitFor();
  expect(await page.getByRole('button', { name: 'Set password' }).isDisabled()).toBe(true);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('Repeat password').fill('another');
  await page.getByText('The passwords do not match.').waitFor();
  expect(await page.getByRole('button', { name: 'Set password' }).isDisabled()).toBe(true);
  await expectAccessible();
  await page.getByLabel('Repeat password').fill(PASSWORD);
  await Promise.all([
    // A short message: it may be gone before anything else is seen.
    page.getByText('Password set. You are logged in.').waitFor(),
    page.getByRole('button', { name: 'Set password' }).click(),
  ]);
  await page.getByRole('heading', { name: 'Session' }).waitFor();

  await page.getByText('No service token yet').waitFor();
  await page.getByLabel('Name of a new token').fill('loop');
  await page.getByRole('combobox', { name: 'Valid' }).selectOption('30');
  await page.getByRole('button', { name: 'Make token' }).click();
  const made = await page.locator('.made-token > div > code').textContent();
  const answer = await target.service.app.inject({
    url: '/api/me',
    headers: { authorization: `Bearer ${made}` },
  });
  expect(answer.statusCode).toBe(200);
  await expectAccessible();
  await screenshot('access-token-made');
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row').filter({ hasText: 'loop' });
  await row.getByText('in 30 d').or(row.getByText('in 29 d')).waitFor();
  expect(await page.content()).not.toContain(made);
  await expectAccessible();
  await screenshot('access-session');

  await page.getByRole('button', { name: 'Revoke loop' }).click();
  await screenshot('access-confirm', { fullPage: false });
  await page.getByRole('button', { name: 'Revoke token' }).click();
  await page.getByText('No service token yet').waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Password').waitFor();
  expect(await page.evaluate('document.activeElement.type')).toBe('password');
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

test('password and token are never part of an address; the log-in works on a phone', async () => {
  const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
    viewport: 'phone',
    colorScheme: 'dark',
  });
  const addresses: string[] = [];
  const record = (request: { url(): string }) => void addresses.push(request.url());
  page.on('request', record);
  await visit('/');
  await page.getByLabel('Password').waitFor();
  await expectAccessible();
  await screenshot('access-log-in-phone-dark');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('checkbox').uncheck();
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('status', { name: 'Live' }).waitFor();
  page.off('request', record);
  const token = await page.evaluate<string>(`sessionStorage.getItem('paperdesk.token')`);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.filter((one) => one.includes(token) || one.includes('horse'))).toEqual([]);
  expect(await page.evaluate('localStorage.length')).toBe(0);
});
