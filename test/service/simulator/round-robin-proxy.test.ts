import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../simulator/free-port.ts';
import { startRoundRobinProxy } from '../../../simulator/round-robin-proxy.ts';

async function node(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const named = (name: string) => node((_, response) => response.end(name));

async function proxyOf(nodes: readonly number[]): Promise<string> {
  const proxy = await startRoundRobinProxy({ port: 0, nodes });
  onTestFinished(proxy.close);
  return proxy.address;
}

const textOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

test('requests go to one node after the other, and not to those that refuse the connection', async () => {
  const address = await proxyOf([await named('a'), await freePort(), await named('c')]);
  const answers = [];
  for (let request = 0; request < 6; request += 1) answers.push(await textOf(address));
  expect(answers).toEqual(['a', 'c', 'c', 'a', 'c', 'c']);
});

test('without a node the answer is 503', async () => {
  const answer = await fetch(await proxyOf([await freePort()]));
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('No node accepts')]);
});

test('a node that ends the connection is answered for with 503', async () => {
  const answer = await fetch(await proxyOf([await node((request) => void request.socket.destroy())]));
  expect(answer.status).toBe(503);
});

test('bodies, hosts and streams pass', async () => {
  let finish = () => {};
  const echo = await node(async (request, response) => {
    response.setHeader('host-was', request.headers.host ?? '');
    response.write('begun ');
    if (request.method === 'GET') await new Promise<void>((resolve) => (finish = resolve));
    for await (const chunk of request) response.write(chunk);
    response.end();
  });
  const address = await proxyOf([echo]);
  const body = 'x'.repeat(3_000_000);
  expect(await textOf(address, { method: 'POST', body })).toBe(`begun ${body}`);

  const stream = await fetch(address);
  expect(stream.headers.get('host-was')).toBe(new URL(address).host);
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('begun ');
  finish();
  expect((await reader.read()).done).toBe(true);
});
