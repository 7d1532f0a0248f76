import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNodes, type TestNodes } from '../../helper/nodes.ts';

const MINUTE = 60_000;
const CLOSE = Date.parse('2026-11-26T06:15:00Z');
const AHEAD_MS = 2000;

let now = CLOSE - 5 * MINUTE;
let cluster: TestNodes;

beforeAll(async () => {
  cluster = await startNodes([() => now, () => now + AHEAD_MS]);
});
afterAll(() => cluster.close());

test('a node whose clock is 2 s ahead decides no candle that has not closed, and none twice', async () => {
  const [exact, ahead] = cluster.nodes as [TestNodes['nodes'][number], TestNodes['nodes'][number]];
  const poll = async ({ app }: typeof exact) => {
    const payload = { model_id: 'ppo_v1' };
    return (await app.inject({ method: 'POST', url: '/paper/signal', payload })).json();
  };
  // By the clock of the node ahead the candle has closed; by that of the exchange it has not.
  now = CLOSE - AHEAD_MS / 2;
  const early = await Promise.all([poll(ahead), poll(exact)]);
  const { desk } = exact.services;
  const decided = async () =>
    (await desk.history.decisions('paper_ppo_v1', 100)).filter((one) => one.decided && one.asOf === CLOSE);
  expect(early.map(({ decided: isDecided, as_of }) => isDecided && as_of)).not.toContain(
    new Date(CLOSE).toISOString(),
  );
  expect(await decided()).toEqual([]);
  now = CLOSE + MINUTE;
  const answers = await Promise.all([poll(exact), poll(ahead), poll(exact), poll(ahead)]);
  expect(answers.filter((answer) => answer.decided)).toHaveLength(1);
  expect(await decided()).toHaveLength(1);
  const lines = (await desk.history.ledger('paper_ppo_v1', 100)).map(({ sequence }) => sequence);
  expect(new Set(lines).size).toBe(lines.length);
});
