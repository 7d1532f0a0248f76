import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { warmedUp } from '../helper/upload.ts';
import { type ListeningService, SCREENS, startListeningService, useBrowser } from './harness.ts';

const browser = useBrowser();
let now = Date.parse('2026-11-26T00:16:00Z');
let target: ListeningService;

const poll = (payload: object) =>
  target.service.app.inject({ method: 'POST', url: '/paper/signal', payload });

beforeAll(async () => {
  // The warm-up starts the process whose models the system view shows.
  target = await startListeningService({ isFirstStart: true, now: () => now });
  await warmedUp(target.service.app, 'ppo_v1');
});
afterAll(() => target.close());

// First, because the process for warm-ups ends after a minute without work.
describe('the system view', () => {
  beforeAll(async () => {
    for (let polls = 0; polls < 5; polls++) {
      now += 30_000;
      await poll({ model_id: 'ppo_v1' });
    }
    await poll({ model_id: 'nobody <b>at all</b>' });
  });

  test('shows readiness, loops, models and errors', async () => {
    const { page, visit, screenshot, expectAccessible } = await browser.openPage(target);
    await visit('/system');
    await page
      .getByRole('heading', {
        level: 1,
        name: 'The service works: all 4 parts are ready, 1 of 1 account trades.',
      })
      .waitFor();
    expect(await page.getByText('Ready', { exact: true }).count()).toBe(4);
    const row = (table: string, text: string) =>
      page.getByRole('group', { name: table, exact: true }).getByRole('row').filter({ hasText: text });
    await row('Symbols', 'BTCUSDT').getByText('2026-11-26 00:15').waitFor();
    await row('Accounts and their loops', 'paper_ppo_v1').getByText('Loop polling').waitFor();
    await row('Models for live decisions', 'ppo_v1').waitFor();
    await page.getByRole('group', { name: 'Models for warm-ups, proofs and replays', exact: true }).waitFor();
    await row('Recent errors', 'MODEL_NOT_FOUND')
      .getByText(/nobody <b>at all<\/b>/)
      .waitFor();
    await page.getByText('No alerts yet').waitFor();
    await expectAccessible();
    await screenshot('system-desktop-light');
  });

  test('updates warm-ups and errors live', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/system');
    const warmUps = page.getByRole('region', { name: 'Warm-ups', exact: true });
    await warmUps.getByRole('link', { name: 'ppo_v1' }).waitFor();
    await poll({ model_id: 'ppo_v1', current_price: 5 });
    await target.service.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/archive' });
    await page.getByText('No active package').waitFor();
    await page.getByText('PRICE_OFF').waitFor();
    await target.service.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/restore' });
    await warmUps.getByRole('link', { name: 'ppo_v1' }).waitFor();
  });

  test('shows more of a long list in steps, and the focus stays', async () => {
    const { page, visit } = await browser.openPage(target);
    const alert = {
      ...{ kind: 'MARKET_STALE', model_id: null, symbol: 'BTCUSDT', text: 'Stale.', details: {} },
      created_at: '2026-11-26T00:00:00.000Z',
      delivery: { state: 'off', attempts: 0, next_attempt_at: null, last_status: null, last_error: null },
    };
    const items = Array.from({ length: 70 }, (_, id) => ({ ...alert, id: String(id) }));
    await page.route('**/alerts?limit=*', (route) => route.fulfill({ json: { items } }));
    await visit('/system');
    const rows = page
      .getByRole('region', { name: 'Alerts', exact: true })
      .getByRole('table')
      .locator('tbody tr');
    expect(await rows.count()).toBe(20);
    const more = page.getByRole('button', { name: 'Show more' });
    await more.click();
    await rows.nth(39).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Show more');
    await more.click();
    await rows.nth(59).waitFor();
    expect(await rows.count()).toBe(60);
  });

  test('fits on the narrowest phone, in the dark scheme', async () => {
    const { visit, screenshot, expectAccessible } = await browser.openPage(target, {
      viewport: 'narrow',
      colorScheme: 'dark',
    });
    await visit('/system');
    await expectAccessible();
    await screenshot('system-narrow-dark');
  });
});

describe('a first visit, without a password', () => {
  for (const [viewport, colorScheme] of SCREENS) {
    test(`shows the packages, live and marked as recorded: ${viewport}, ${colorScheme}`, async () => {
      const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
        viewport,
        colorScheme,
      });
      await visit('/packages');
      await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
      const mark = page.getByText('Recorded market');
      await mark.waitFor();
      expect((await mark.boundingBox())!.height).toBeGreaterThanOrEqual(viewport === 'desktop' ? 26 : 36);
      await page.getByRole('status', { name: 'Live' }).waitFor();
      await expectAccessible();
      await screenshot(`packages-${viewport}-${colorScheme}`);
    });
  }

  test('reaches all views by the navigation, and the package stays selected', async () => {
    const { page, visit, expectAccessible } = await browser.openPage(target);
    await visit('/?model=ppo_v1');
    for (const name of ['Packages', 'Compare', 'Factors', 'System', 'Desk']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.locator(`nav a[aria-current=page]:has-text("${name}")`).waitFor();
      expect(new URL(page.url()).searchParams.get('model')).toBe('ppo_v1');
      await expectAccessible();
    }
  });

  test('can open the description of the routes', async () => {
    // That page is Swagger's own; the policy refuses one of its inline styles.
    const { page } = await browser.openPage(target, { tolerate: [/style/] });
    await page.goto(`${target.url}/docs`);
    await page.locator('.opblock').first().waitFor();
  });

  test('gets a message at an address without a view', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/packages/a/b/c');
    await page.getByText('There is no view at this address').waitFor();
  });

  test('stores the chosen theme', async () => {
    const { page, visit } = await browser.openPage(target, { colorScheme: 'light' });
    await visit('/packages');
    const color = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await color();
    await page.getByRole('button', { name: /switch to light/ }).click();
    await page.getByRole('button', { name: /switch to dark/ }).click();
    expect(await color()).not.toBe(light);
    const dark = await color();
    await page.reload();
    await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
    expect(await color()).toBe(dark);
  });
});

describe('the system view of a cluster', () => {
  const MIB = 1024 * 1024;
  const node = {
    ...{ role: 'all', version: '0.1.0', is_answering: false, started_at: '2026-11-26T00:00:00.000Z' },
    heartbeat_age_seconds: 0.8,
    leases: [] as string[],
    memory: { resident_bytes: 310 * MIB, heap_bytes: 120 * MIB, models_bytes: 140 * MIB },
    inference: { state: 'running', deaths: 0 },
    jobs: [{ kind: 'replay', running: 2 }],
    address: 'http://192.0.2.7:6300',
  };
  const leases = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => `market:${symbol}`);
  const nodes = [
    { ...node, id: '1', name: 'desk-1.example.internal', leases },
    { ...node, id: '2', name: 'desk-2', is_answering: true, heartbeat_age_seconds: 5.2, jobs: [] },
    {
      ...{ ...node, id: '3', name: 'replays-with-a-rather-long-name-of-its-machine', role: 'worker' },
      ...{ memory: null, inference: { state: 'resting', deaths: 3 }, jobs: null, address: null },
    },
  ];

  for (const [viewport, colorScheme] of SCREENS) {
    test(`lists the nodes: ${viewport}, ${colorScheme}`, async () => {
      const { page, visit, screenshot, expectAccessible } = await browser.openPage(target, {
        viewport,
        colorScheme,
      });
      await page.route('**/api/system', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ json: { ...(await answer.json()), is_cluster: true, nodes } });
      });
      await visit('/system');
      const table = page.getByRole('region', { name: 'Nodes', exact: true }).getByRole('table');
      const row = (name: string) => table.getByRole('row').filter({ hasText: name });
      const shown = (name: string, text: string) => row(name).getByText(text).filter({ visible: true });
      await shown('desk-1', 'alive').waitFor();
      await shown('desk-1', '3 leases').click();
      await shown('desk-1', 'market:ETHUSDT').waitFor();
      await shown('desk-2', 'late').waitFor();
      await shown('desk-2', 'answers this page').waitFor();
      await shown('replays', 'jobs only').waitFor();
      await shown('replays', 'waiting to restart').waitFor();
      await expectAccessible();
      await screenshot(`system-nodes-${viewport}-${colorScheme}`);
    });
  }

  test('has no list of nodes where one process is the whole service', async () => {
    const { page, visit } = await browser.openPage(target);
    await visit('/system');
    expect(await page.getByRole('heading', { name: 'Nodes' }).count()).toBe(0);
  });
});
