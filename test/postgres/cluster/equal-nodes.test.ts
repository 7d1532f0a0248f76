import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '../../../src/db/postgres/open-postgres.ts';
import { startNodes, type TestNodes } from '../../helper/nodes.ts';
import type { TestService } from '../../helper/service.ts';
import { waitFor, waitUntil } from '../../helper/wait.ts';

const MINUTE = 60_000;
/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T06:01:00Z');

let now = START;
let cluster: TestNodes;

beforeAll(async () => {
  cluster = await startNodes([() => now, () => now]);
});
afterAll(() => cluster.close());

async function get(node: TestService, url: string) {
  return (await node.app.inject(url)).json();
}

const poll = (node: TestService, payload: object) => post(node, '/paper/signal', payload);

async function post(node: TestService, url: string, payload: object) {
  const answer = await node.app.inject({ method: 'POST', url, payload });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}

/** Rows of a query in the database of all nodes. */
async function rowsOf(text: string): Promise<Record<string, unknown>[]> {
  const store = cluster.nodes[0]?.config.store;
  const pool = createPool(store?.kind === 'postgres' ? store.url : '', 1);
  const { rows } = await pool.query(text);
  await pool.end();
  return rows;
}

test('one node follows each symbol, and every node answers the same', async () => {
  const owners = async () =>
    (await cluster.nodes[0]!.services.cluster.nodes()).filter(({ leases }) =>
      leases.includes('symbol:BTCUSDT'),
    );
  await waitUntil('a node follows the symbol', async () => (await owners()).length === 1);
  const followers = cluster.nodes.filter(({ services }) => services.live.status().length > 0);
  expect(followers).toHaveLength(1);
  for (const url of ['/model-packages', '/paper/accounts', '/market/status', '/ready']) {
    // What the owner tells in its heartbeats is some seconds old.
    await waitFor(
      `both nodes answer ${url} alike`,
      () => Promise.all(cluster.nodes.map((node) => get(node, url))),
      ([one, other]) => JSON.stringify(withoutProcess(one)) === JSON.stringify(withoutProcess(other)),
    );
  }
  for (const node of cluster.nodes) {
    await waitUntil('every node says that the symbol is followed', async () => {
      const { symbols } = await get(node, '/market/status');
      return symbols.length === 1 && symbols[0].live?.stream.state === 'live';
    });
  }
});

/** Without what differs by node or by moment: the state of the inference process, and the reports of the nodes. */
function withoutProcess(answer: { readonly parts?: object; readonly nodes?: readonly { name: string }[] }) {
  if (answer.parts === undefined) return answer;
  const nodes = answer.nodes?.map(({ name }) => name);
  return { ...answer, nodes, parts: { ...answer.parts, inference: null } };
}

test('a candle is decided once however many polls reach however many nodes, and its forecast is stored once', async () => {
  now = START + 15 * MINUTE;
  const polls = Array.from({ length: 8 }, (_, index) =>
    poll(cluster.nodes[index % 2]!, { model_id: 'ppo_v1' }),
  );
  const answers = await Promise.all(polls);
  expect(new Set(answers.map(({ as_of }) => as_of))).toEqual(new Set(['2026-11-26T06:15:00.000Z']));
  expect(answers.filter(({ decided }) => decided)).toHaveLength(1);
  const asOf = START + 14 * MINUTE;
  expect(await rowsOf(`select decided from paper_decisions where as_of = ${asOf}`)).toHaveLength(1);
  expect(await rowsOf(`select 1 from forecasts where as_of = ${asOf}`)).toHaveLength(1);
});

test('an account that a poll opens on any node is executed by the node that follows its symbol', async () => {
  const other = cluster.nodes.find(({ services }) => services.live.status().length === 0)!;
  await post(other, '/paper/account/create', { model_id: 'external' });
  await poll(other, { model_id: 'external', signal: 'LONG', confidence: 90 });
  const [account] = await rowsOf(`select next_candle from paper_accounts where id = 'paper_external'`);
  for (const node of cluster.nodes) {
    await waitUntil('the execution is listed', async () =>
      (await node.services.executions()).some(({ symbol }) => symbol === 'BTCUSDT'),
    );
  }
  now += 15 * MINUTE;
  await waitFor(
    'the closed candles are executed without a poll',
    () => rowsOf(`select next_candle from paper_accounts where id = 'paper_external'`),
    ([row]) => Number(row?.next_candle) > Number(account?.next_candle),
  );
});
