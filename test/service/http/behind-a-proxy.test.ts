// promise: docs/operations.md "behind a proxy"
// promise: docs/behind-a-proxy.md "PUBLIC_URL"
// promise: docs/behind-a-proxy.md "events: nothing"
// promise: docs/behind-a-proxy.md "uploads"
// promise: docs/behind-a-proxy.md "a blank page below"

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NginxLikeProxy, startNginxLikeProxy } from '../../helper/nginx-like-proxy.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageForm, packageParts, upload } from '../../helper/upload.ts';

const PATH = '/paperdesk';

let service: TestService;
let port = 0;
let takesPathOff: NginxLikeProxy;
let keepsPath: NginxLikeProxy;
beforeAll(async () => {
  const upstreamPort = () => port;
  takesPathOff = await startNginxLikeProxy({ upstreamPort, path: `${PATH}/`, takesPathOff: true });
  keepsPath = await startNginxLikeProxy({ upstreamPort, path: PATH });
  const PUBLIC_URL = `${takesPathOff.origin}${PATH}/,${keepsPath.origin}${PATH}`;
  service = await startTestService({ env: { PUBLIC_URL } });
  port = Number(new URL(await service.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  await service.close();
  await takesPathOff.close();
  await keepsPath.close();
});

/** The addresses that a page names, as a browser resolves them. */
function addressesIn(html: string, address: string): string[] {
  return Array.from(html.matchAll(/ (?:src|href)="([^"]+)"/g), ([, named]) => new URL(named!, address).href);
}

describe.each([
  ['takes the path off', () => takesPathOff],
  ['keeps the path', () => keepsPath],
])('a proxy that serves the service below a path and %s', (_, proxy) => {
  const url = (path: string) => `${proxy().origin}${PATH}${path}`;

  test('passes events on as they come, not compressed', async () => {
    const away = new AbortController();
    const headers = { 'accept-encoding': 'gzip, br' };
    const answer = await fetch(url('/events'), { headers, signal: away.signal });
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('cache-control')).toMatch(/no-cache.*no-transform/);
    const { value } = await answer.body!.getReader().read();
    // Events may follow in the same piece.
    expect(new TextDecoder().decode(value)).toMatch(/^: listening\n\n/);
    away.abort();
  });

  test.each(['/', '/packages', '/packages/', '/packages/alpha?model=a/b', '/factor-models/m/S'])(
    'serves the page and all its files at %s',
    async (path) => {
      const answer = await fetch(url(path));
      const addresses = addressesIn(await answer.text(), url(path));
      // The script, its styles and the icon.
      expect(addresses.length).toBeGreaterThanOrEqual(3);
      for (const address of addresses) expect(`${(await fetch(address)).status} ${address}`).toMatch(/^200/);
      const etag = answer.headers.get('etag')!;
      const again = await fetch(url(path), { headers: { 'if-none-match': `W/${etag}` } });
      expect(again.status).toBe(304);
    },
  );

  test('leads to the page where the slash at the end is missing', async () => {
    const answer = await fetch(url('?model=alpha'), { redirect: 'follow' });
    expect(answer.status).toBe(200);
    expect(new URL(answer.url).pathname).toBe(`${PATH}/`);
  });

  test('is named in the address of what a request made', async () => {
    const body = await packageForm(new URL(proxy().origin).port);
    const answer = await fetch(url('/model-packages/upload'), { method: 'POST', body });
    expect(answer.status).toBe(201);
    const made = await fetch(new URL(answer.headers.get('location')!, answer.url));
    expect(await made.json()).toMatchObject({ id: new URL(proxy().origin).port });
  });

  test('refuses uploads above its limit as a proxy does', async () => {
    const body = new Uint8Array(1024 * 1024 + 1);
    const answer = await fetch(url('/model-packages/upload'), { method: 'POST', body });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain('<h1>413');
  });

  test.each(['/docs', '/docs/'])('serves the description of the API with its files at %s', async (path) => {
    const answer = await fetch(url(path));
    expect(answer.headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    const addresses = addressesIn(await answer.text(), url(path));
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect(`${(await fetch(address)).status} ${address}`).toMatch(/^200/);
  });
});

test('the addresses in the description of the API are those of PUBLIC_URL', async () => {
  const { servers } = (await service.app.inject('/docs/json')).json();
  expect(servers.map((one: { url: string }) => one.url)).toEqual([
    `${takesPathOff.origin}${PATH}`,
    `${keepsPath.origin}${PATH}`,
    '/',
  ]);
});

test('a client that reaches the service itself gets addresses without the path', async () => {
  const { headers } = await upload(service.app, await packageParts('gamma'));
  expect(headers.location).toBe('/model-packages/gamma');
});
