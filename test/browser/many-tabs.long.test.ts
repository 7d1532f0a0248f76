// promise: docs/behind-a-proxy.md "connections"

import type { IncomingMessage } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type ListeningService, sharedBrowser, startListeningService } from './harness.ts';

/** Twice as many as the connections to one host that browsers allow over HTTP/1.1. */
const TABS = 12;
const PASSWORD = 'correct horse battery staple';

let target: ListeningService;
/** What the service was asked for, by path. */
let asked: string[] = [];
beforeAll(async () => {
  target = await startListeningService();
});
beforeEach(() => {
  asked = [];
  const { server } = target.service.app;
  const note = ({ url = '' }: IncomingMessage) => void asked.push(url);
  server.on('request', note);
  onTestFinished(() => void server.off('request', note));
});
afterAll(() => target.close());

const streams = () => asked.filter((url) => url.startsWith('/events')).length;
const isLive = (page: Page) => page.getByRole('status', { name: 'Live' }).waitFor();
const send = (method: 'POST', url: string, payload?: object) =>
  target.service.app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });

/** A browser of its own, with so many tabs of the page. */
async function openTabs(count: number, path: string, script = ''): Promise<Page[]> {
  const context = await (await sharedBrowser()).newContext({ reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  if (script !== '') await context.addInitScript({ content: script });
  const tabs: Page[] = [];
  for (let index = 0; index < count; index += 1) {
    const tab = await context.newPage();
    await tab.goto(`${target.url}${path}`);
    tabs.push(tab);
  }
  return tabs;
}

test('twelve tabs are live by one stream, also after the first of them is closed', async () => {
  const tabs = await openTabs(TABS, '/system');
  await Promise.all(tabs.map(isLive));
  expect(streams()).toBe(1);
  const [first, ...others] = tabs;
  await first!.close();
  await send('POST', '/paper/account/ppo_v1/pause');
  for (const tab of others) await tab.getByText('Paused', { exact: true }).first().waitFor();
  await Promise.all(others.map(isLive));
  expect(streams()).toBe(1);
});

test('the service stops and comes back for all tabs at once', async () => {
  const tabs = await openTabs(3, '/system');
  await Promise.all(tabs.map(isLive));
  await target.stop();
  for (const tab of tabs) await tab.getByText(/^No answer since/).waitFor();
  await target.start();
  for (const tab of tabs) await tab.getByText(/^No answer since/).waitFor({ state: 'detached' });
  await Promise.all(tabs.map(isLive));
});

test('a browser without shared workers has a stream per tab', async () => {
  const tabs = await openTabs(2, '/system', 'delete globalThis.SharedWorker');
  await Promise.all(tabs.map(isLive));
  expect(streams()).toBe(2);
});

test('who logs out in one tab is logged out in all', async () => {
  expect((await send('POST', '/api/auth/bootstrap', { password: PASSWORD })).statusCode).toBe(200);
  const { token } = (await send('POST', '/api/auth/login', { password: PASSWORD })).json();
  // In the storage of each tab, as for who does not stay logged in: only the stream tells the others.
  const script = `if (sessionStorage.getItem('seen') === null) {
    sessionStorage.setItem('seen', 'yes');
    sessionStorage.setItem('paperdesk.token', '${token}');
  }`;
  const tabs = await openTabs(3, '/access', script);
  await Promise.all(tabs.map(isLive));
  expect(streams()).toBe(1);
  await tabs[0]!.getByRole('button', { name: 'Log out' }).click();
  for (const tab of tabs) await tab.getByRole('button', { name: 'Log in' }).waitFor();
});
