// promise: docs/operations.md "a node dies"

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { startRecordedExchange } from '../../../simulator/server.ts';
import { testRecording } from '../../helper/market.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';
import { type ServiceProcess, startServiceProcess } from '../../helper/process.ts';
import { waitFor } from '../../helper/wait.ts';

const DAY = 86_400_000;
/** So many that a replay still decides when its worker is killed. */
const DAYS = 12;
/** Each poll takes processor time from the replay; a slice takes longer. */
const BETWEEN_POLLS_MS = 100;

let startNode: (name: string, role: 'all' | 'worker') => Promise<ServiceProcess>;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-nodes-'));
  const { url, drop } = await createTestDatabase(inject('postgresUrl')!);
  const recording = await testRecording();
  const exchange = await startRecordedExchange({ recording, clock: Date.now });
  const nodes: ServiceProcess[] = [];
  startNode = async (name, role) => {
    const node = await startServiceProcess({
      ...{ DATABASE_URL: url, NODE_NAME: name, NODE_ROLE: role, MARKET_SOURCE: 'recorded' },
      MODEL_PACKAGES_DIR: join(folder, 'packages'),
      MODEL_MANAGER_CACHE_DIR: join(folder, `factor-models-${name}`),
      EXCHANGE_REST_URL: exchange.restUrl,
      EXCHANGE_WS_URL: exchange.wsUrl,
    });
    nodes.push(node);
    return node;
  };
  onTestFinished(async () => {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await exchange.close();
    await drop();
    await rm(folder, { recursive: true, force: true });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: answers of any route
async function get(node: ServiceProcess, path: string): Promise<any> {
  return (await fetch(node.url + path)).json();
}

async function warm(node: ServiceProcess): Promise<void> {
  await waitFor(
    'the package is warm',
    () => get(node, '/model-packages/ppo_v1'),
    ({ warmup_status }) => warmup_status === 'DONE',
    BETWEEN_POLLS_MS,
  );
}

async function request(node: ServiceProcess): Promise<string> {
  const to = Math.floor(Date.now() / DAY) * DAY;
  const range = { from: new Date(to - DAYS * DAY).toISOString(), to: new Date(to).toISOString() };
  const answer = await fetch(`${node.url}/paper/replays`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model_id: 'ppo_v1', ...range }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

const replay = (node: ServiceProcess, id: string) => get(node, `/paper/replays/${id}`);

function underWay(node: ServiceProcess, id: string, slices: number) {
  return waitFor(
    `${slices} slices are stored`,
    () => replay(node, id),
    ({ progress }) => progress.done >= 32 * slices,
    BETWEEN_POLLS_MS,
  );
}

function finished(node: ServiceProcess, id: string) {
  return waitFor(
    'the replay ends',
    () => replay(node, id),
    ({ state }) => !['QUEUED', 'RUNNING'].includes(state),
    BETWEEN_POLLS_MS,
  );
}

/** What a replay did, without its ids and times. */
async function outcomeOf(node: ServiceProcess, id: string) {
  const { result, state, progress } = await replay(node, id);
  const { items } = await get(node, `/paper/replays/${id}/ledger?limit=500`);
  return JSON.parse(JSON.stringify({ result, state, done: progress.done, items }).replaceAll(id, 'replay'));
}

test('a replay whose nodes are killed or paused goes on elsewhere, and ends as if nothing had happened', async () => {
  const killed = await startNode('killed', 'all');
  await warm(killed);
  const id = await request(killed);
  await underWay(killed, id, 2);
  // The last node there is.
  await killed.end('SIGKILL');
  const paused = await startNode('paused', 'worker');
  await goesOn(paused, id);
  paused.child.kill('SIGSTOP');
  const last = await startNode('last', 'all');
  await goesOn(last, id);
  paused.child.kill('SIGCONT');
  expect(await finished(last, id)).toMatchObject({ state: 'DONE', error: null });
  const undisturbed = await request(last);
  await finished(last, undisturbed);
  expect(await outcomeOf(last, id)).toEqual(await outcomeOf(last, undisturbed));
  expect(await get(paused, '/health')).toMatchObject({ status: expect.anything() });
});

/** Waits until another slice is stored. */
async function goesOn(node: ServiceProcess, id: string): Promise<void> {
  const { done } = (await replay(node, id)).progress;
  expect(done).toBeLessThan(96 * DAYS);
  await underWay(node, id, done / 32 + 1);
}
