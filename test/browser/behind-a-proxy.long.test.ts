// promise: docs/behind-a-proxy.md "413 in a page"
// promise: docs/behind-a-proxy.md "uploads"

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { type NginxLikeProxy, startNginxLikeProxy } from '../helper/nginx-like-proxy.ts';
import { type ListeningService, startListeningService, useBrowser } from './harness.ts';

const PATH = '/paperdesk';
const PACKAGES = join(PROJECT_ROOT, 'test', 'fixtures', 'packages');
const filesOf = (name: string) =>
  ['forecast_model.pt', 'ppo_policy.zip', 'scaler.pkl', 'manifest.json'].map((file) =>
    join(PACKAGES, name, file),
  );

const browser = useBrowser();
let target: ListeningService;
let takesPathOff: NginxLikeProxy;
let keepsPath: NginxLikeProxy;
beforeAll(async () => {
  const upstreamPort = () => Number(new URL(target.url).port);
  takesPathOff = await startNginxLikeProxy({ upstreamPort, path: `${PATH}/`, takesPathOff: true });
  keepsPath = await startNginxLikeProxy({ upstreamPort, path: PATH });
  // Of the first one the service knows the origin only.
  const PUBLIC_URL = `${takesPathOff.origin},${keepsPath.origin}${PATH}`;
  target = await startListeningService({ env: { PUBLIC_URL } });
  await target.service.app.inject('/paper/account/ppo_v1');
});
afterAll(async () => {
  await target.close();
  await takesPathOff.close();
  await keepsPath.close();
});

describe.each([
  ['takes the path off', () => takesPathOff, 'beta'],
  ['keeps the path', () => keepsPath, 'delta'],
])('below a path of a proxy that %s', (_, proxy, uploaded) => {
  // The harness begins with a picture, for which browsers ask the host for its icon.
  const openPage = (tolerate: readonly RegExp[] = []) =>
    browser.openPage(
      { ...target, url: `${proxy().origin}${PATH}` },
      { tolerate: [...tolerate, /\/favicon\.ico/] },
    );

  test('the desk draws and is live, and its views and their addresses work', async () => {
    const { page, visit } = await openPage();
    await visit('/');
    await page.getByRole('status', { name: 'Live' }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Packages' }).click();
    await page.getByRole('link', { name: 'ppo_v1', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /ppo_v1/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PATH}/packages/ppo_v1`);
    await page.evaluate('window.isSameDocument = true');
    await page.goBack();
    await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: /ppo_v1/ }).waitFor();
    expect(await page.evaluate('window.isSameDocument')).toBe(true);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: /ppo_v1/ }).waitFor();
    await page.getByRole('status', { name: 'Live' }).waitFor();
    await page.getByRole('link', { name: 'paperdesk' }).click();
    await page.getByRole('tab', { name: 'Lots' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PATH}/`);
    await page.getByRole('tab', { name: 'Forecasts' }).click();
    await expect.poll(() => new URL(page.url()).search).toContain('tab=forecasts');
    expect(new URL(page.url()).pathname).toBe(`${PATH}/`);
  });

  test('an upload arrives, and one that the proxy refuses says who refused it', async () => {
    const { page, visit } = await openPage([/413/]);
    await visit('/packages');
    const files = page.getByLabel('Files of a package');
    await files.setInputFiles(filesOf('alpha').slice(0, 3));
    await page.getByRole('textbox', { name: 'Name' }).fill('alpha');
    const send = page.getByRole('button', { name: 'Upload', exact: true });
    await send.click();
    await page.getByText(/A proxy before the service refuses a request of this size \(413\)/).waitFor();
    await visit('/packages');
    await files.setInputFiles(filesOf(uploaded));
    await page.getByRole('textbox', { name: 'Name' }).fill(uploaded);
    await send.click();
    const card = page.getByRole('article', { name: /^Upload of/ });
    await card.getByRole('button', { name: 'Start paper trading' }).waitFor();
    await expect
      .poll(async () => (await target.service.app.inject('/model-packages')).body)
      .toContain(uploaded);
  });

  test('links to other addresses of the service, such as its API, lead there', async () => {
    // The page of the API has a style of its library in it, which its policy refuses.
    const { page, visit } = await openPage([/inline/]);
    await visit('/system');
    await page.getByRole('link', { name: 'routes' }).click();
    await page.getByRole('heading', { name: /^paperdesk/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${PATH}/docs`);
    await page.getByText('/model-packages/upload').first().waitFor();
  });
});
