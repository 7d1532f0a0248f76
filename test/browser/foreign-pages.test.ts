// promise: docs/security.md "Web pages of other origins can neither read nor change anything"

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageParts } from '../helper/upload.ts';
import { ATTACKER_HOST, type ListeningService, sharedBrowser, startListeningService } from './harness.ts';

let target: ListeningService;
let attacker: Server;
let context: BrowserContext;
let attackerPort: number;
let files: string;
beforeAll(async () => {
  target = await startListeningService();
  target.service.app.server.on('request', ({ method, url }: IncomingMessage, response: ServerResponse) => {
    response.on('finish', () => answers.push(`${method} ${url} ${response.statusCode}`));
  });
  await target.service.app.inject({
    method: 'POST',
    url: '/paper/account/create',
    payload: { model_id: 'ppo_v1' },
  });
  attacker = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>Win a prize</title>');
  });
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
  attackerPort = (attacker.address() as AddressInfo).port;
  context = await (await sharedBrowser()).newContext();
  context.setDefaultTimeout(0);
  const parts = await packageParts('gamma');
  const inBase64 = parts.map(([name, content]) => [
    name,
    typeof content === 'string' ? content : Buffer.from(content).toString('base64'),
    typeof content !== 'string',
  ]);
  files = JSON.stringify(inBase64);
});
afterAll(async () => {
  await context?.close();
  attacker?.close();
  await target?.close();
});

/** What the service answered since the last page was opened. */
let answers: string[] = [];

async function openPage(url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  answers = [];
  return page;
}

const upload = (service: string) => `(async () => {
  const form = new FormData();
  for (const [name, content, isFile] of ${files}) {
    if (!isFile) form.append(name, content);
    else form.append(name, new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))]), name);
  }
  await fetch('${service}/model-packages/upload', { method: 'POST', mode: 'no-cors', body: form }).catch(() => {});
})()`;

const pause = (service: string) =>
  `fetch('${service}/paper/account/ppo_v1/pause', { method: 'POST', mode: 'no-cors' }).catch(() => {})`;

const stored = async () => {
  const { app } = target.service;
  const packages = (await app.inject('/model-packages')).json() as { id: string }[];
  const accounts = (await app.inject('/api/system')).json().accounts as {
    model_id: string;
    status: string;
  }[];
  const { initialized } = (await app.inject('/api/auth/status')).json();
  return {
    packages: packages.map(({ id }) => id),
    accounts: accounts.map(({ model_id, status }) => `${model_id} ${status}`),
    initialized,
  };
};
const UNTOUCHED = { packages: ['ppo_v1'], accounts: ['paper_ppo_v1 ACTIVE'], initialized: false };

describe.each([
  ['another port of this machine', '127.0.0.1'],
  ['another site', ATTACKER_HOST],
])('a page of %s', (_, host) => {
  const attackerUrl = () => `http://${host}:${attackerPort}/`;

  test('stores nothing by an upload', async () => {
    const page = await openPage(attackerUrl());
    await page.evaluate(upload(target.url));
    expect(answers).toEqual(['POST /model-packages/upload 403']);
    expect(await stored()).toEqual(UNTOUCHED);
  });

  test('pauses no account by a request without a body', async () => {
    const page = await openPage(attackerUrl());
    await page.evaluate(pause(target.url));
    await page.evaluate(`navigator.sendBeacon('${target.url}/paper/account/ppo_v1/reset')`);
    await expect
      .poll(() => answers)
      .toEqual(['POST /paper/account/ppo_v1/pause 403', 'POST /paper/account/ppo_v1/reset 403']);
    expect(await stored()).toEqual(UNTOUCHED);
  });

  test('pauses no account by a form', async () => {
    const page = await openPage(attackerUrl());
    await page.setContent(
      `<form method="post" action="${target.url}/paper/account/ppo_v1/pause"><button>Win</button></form>`,
    );
    await page.getByRole('button').click();
    await page.getByText('FOREIGN_ORIGIN').waitFor();
    expect(answers[0]).toBe('POST /paper/account/ppo_v1/pause 403');
    expect(await stored()).toEqual(UNTOUCHED);
  });

  test('makes the service do nothing by an image, and cannot read what it may ask for', async () => {
    const page = await openPage(attackerUrl());
    await page.evaluate(`new Promise((resolve) => {
      const image = new Image();
      image.onerror = resolve;
      image.src = '${target.url}/paper/dashboard/ppo_v1';
    })`);
    expect(answers).toEqual(['GET /paper/dashboard/ppo_v1 403']);
    const read = `fetch('${target.url}/model-packages').then((answer) => answer.text(), (error) => error.name)`;
    expect(await page.evaluate(read)).toBe('TypeError');
    expect(await stored()).toEqual(UNTOUCHED);
  });
});

test('a page whose name was made to resolve to this machine reads and changes nothing', async () => {
  const url = `http://${ATTACKER_HOST}:${new URL(target.url).port}`;
  const page = await openPage(`http://127.0.0.1:${attackerPort}/`);
  // What the attacker's own server gave before the name was changed.
  await page.route(`${url}/prize`, (route) =>
    route.fulfill({ contentType: 'text/html', body: 'Win a prize' }),
  );
  await page.goto(`${url}/prize`);
  const read = (path: string, options = {}) =>
    page.evaluate<string>(`fetch('${path}', ${JSON.stringify(options)}).then((answer) => answer.text())`);
  expect(await read('/model-packages')).toContain('MISDIRECTED_REQUEST');
  expect(await read('/paper/account/ppo_v1/pause', { method: 'POST' })).toContain('MISDIRECTED_REQUEST');
  const body = JSON.stringify({ password: 'the password of an attacker' });
  const headers = { 'content-type': 'application/json' };
  expect(await read('/api/auth/bootstrap', { method: 'POST', headers, body })).toContain(
    'MISDIRECTED_REQUEST',
  );
  await page.evaluate(upload(''));
  // Chromium sends a request that was answered 421 once more, on another connection.
  expect([...new Set(answers)]).toEqual([
    'GET /model-packages 421',
    'POST /paper/account/ppo_v1/pause 421',
    'POST /api/auth/bootstrap 421',
    'POST /model-packages/upload 421',
  ]);
  expect(await stored()).toEqual(UNTOUCHED);
});

test('a link of another site still leads to the page, which works', async () => {
  const page = await openPage(`http://${ATTACKER_HOST}:${attackerPort}/`);
  await page.setContent(`<a href="${target.url}/packages">The desk</a>`);
  await page.getByRole('link').click();
  await page.getByRole('link', { name: 'ppo_v1', exact: true }).waitFor();
  await page.getByRole('status', { name: 'Live' }).waitFor();
});
