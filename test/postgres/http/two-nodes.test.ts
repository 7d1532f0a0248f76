// promise: docs/security.md "Event streams end with their access"

import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory, ROOT_OK } from '../../helper/factor-directory.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { waitUntil } from '../../helper/wait.ts';

const PASSWORD = 'correct horse battery';

let a: TestService;
let b: TestService;
beforeEach(async () => {
  a = await startTestService({ env: { NODE_NAME: 'a' } });
  b = await startTestService({ env: { NODE_NAME: 'b' }, beside: a });
});
afterEach(async () => {
  await b.close();
  await a.close();
});

/** Opens the event stream of a node. */
async function listen(node: TestService, headers: Record<string, string> = {}) {
  const address = node.app.server.listening
    ? node.app.listeningOrigin
    : await node.app.listen({ host: '127.0.0.1', port: 0 });
  const away = new AbortController();
  const answer = await fetch(`${address}/events`, { headers, signal: away.signal });
  expect(answer.status).toBe(200);
  const stream = { text: '', isOpen: true, close: () => away.abort() };
  const read = async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) stream.text += chunk;
  };
  void read()
    .catch(() => {})
    .finally(() => {
      stream.isOpen = false;
    });
  return stream;
}

async function call(node: TestService, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
  const answer = await node.app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.body === '' ? undefined : answer.json();
}

/** Ids of the events in a stream. */
const idsIn = (text: string) => Array.from(text.matchAll(/^id: (\S+)$/gm), ([, id]) => id);

test('a stream of one node has what happens on the other, and continues on any node', async () => {
  const [onA, onB] = [await listen(a), await listen(b)];
  for (const [node, command] of [
    [a, 'pause'],
    [b, 'resume'],
    [a, 'reset'],
  ] as const) {
    await call(node, 'POST', `/paper/account/ppo_v1/${command}`);
  }
  const epochs = /"epoch":2/;
  await waitUntil('both streams have the reset', () => epochs.test(onA.text) && epochs.test(onB.text));
  // An event of the start may come between the two connects.
  const common = Math.min(idsIn(onA.text).length, idsIn(onB.text).length);
  expect(common).toBeGreaterThanOrEqual(3);
  expect(idsIn(onA.text).slice(-common)).toEqual(idsIn(onB.text).slice(-common));

  // The client of A goes on at B from the first event.
  const [first, ...rest] = idsIn(onA.text);
  const moved = await listen(b, { 'last-event-id': first! });
  await waitUntil('the moved stream has the reset', () => epochs.test(moved.text));
  expect(idsIn(moved.text).slice(0, rest.length)).toEqual(rest);
  for (const stream of [onA, onB, moved]) stream.close();
});

test('what one node does with packages and factor models is known to the other', async () => {
  const followed = () => b.services.live.followed().map(({ symbol }) => symbol);
  expect(followed()).toEqual(['BTCUSDT']);
  await a.services.registry.archive('ppo_v1');
  await waitUntil('B follows nothing', () => followed().length === 0);
  await a.services.registry.restore('ppo_v1');
  await waitUntil('B follows the symbol of the package', () => followed().length === 1);

  const directory = await makeDirectory(ROOT_OK);
  await a.services.factorModels.register('shared', directory.folder);
  await waitUntil('B has the factor model', async () =>
    (await b.services.factorModels.list()).some(({ snapshot }) => snapshot.modelName === 'shared'),
  );
  await b.services.factorModels.remove('shared');
  await waitUntil('A has it no more', async () => (await a.services.factorModels.list()).length === 0);
});

test('a stream ends when the session ends, whatever node ends it, and others stay', async () => {
  const { access } = a.services;
  await access.initializePassword(PASSWORD);
  const session = await access.login(PASSWORD, '192.0.2.1');
  const service = await b.services.access.createServiceToken('loop');
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const streams = [await listen(a, bearer(session.token)), await listen(b, bearer(session.token))];
  const loop = await listen(a, bearer(service.token));
  const logout = { method: 'POST', url: '/api/auth/logout', headers: bearer(session.token) } as const;
  expect((await b.app.inject(logout)).statusCode).toBe(200);
  await waitUntil('the streams of the session end', () => streams.every(({ isOpen }) => !isOpen));
  expect(loop.isOpen).toBe(true);
  // A command in another process sends no event: streams check their tokens all the same.
  await b.services.access.revokeServiceToken(service.id);
  await waitUntil('the stream of the service token ends', () => !loop.isOpen);
});
