import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAccount } from '../../../src/trading/account.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { tradeAsDecided } from '../../helper/trade-as-decided.ts';

const MINUTE = 60_000;
/** A moment of the recording, moved to 2026 by whole weeks. */
const START = Date.parse('2026-11-26T06:00:00Z');
const QUARTERS = 18;
/** Opens, adds, flips and holds, so that something happens in most quarters. */
const SIGNALS = ['LONG', 'LONG', 'FLAT', 'LONG', 'SHORT', 'SHORT', 'FLAT', 'FLAT', 'LONG'] as const;
/** No client polls in these. */
const UNPOLLED = new Set([7, 8, 15]);

let now = START;
let service: TestService;

async function post(url: string, payload: object) {
  const answer = await service.app.inject({ method: 'POST', url, payload });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}

/** Lives through the quarters: `early` is polled often, `late` once near the end, the package in between. */
async function live() {
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const from = START + quarter * DECISION_CANDLE_MS;
    if (UNPOLLED.has(quarter)) continue;
    const signal = SIGNALS[quarter % SIGNALS.length];
    for (const minute of [1, 8]) {
      now = from + minute * MINUTE;
      await post('/paper/signal', { model_id: 'early', signal, confidence: 80 });
    }
    await post('/paper/signal', { model_id: 'ppo_v1' });
    if (quarter % 11 === 5) await service.restart();
    now = from + 14 * MINUTE;
    await post('/paper/signal', { model_id: 'late', signal, confidence: 80 });
  }
  now = START + QUARTERS * DECISION_CANDLE_MS + MINUTE;
}

async function lived(modelId: string) {
  const { desk } = service.services;
  const { stored } = await desk.accounts.get(modelId);
  await desk.execute(stored.account.id);
  const { id, settings, pipeline } = stored.account;
  const lines = (await desk.history.ledger(id, 10_000)).reverse();
  const decisions = (await desk.history.decisions(id, 10_000)).reverse();
  return { id, settings, pipeline, lines, decisions };
}

/** The same account replayed over the stored candles, decided where the live one was. */
async function replayed({ id, settings, pipeline, decisions }: Awaited<ReturnType<typeof lived>>) {
  const { closed } = await service.services.desk.market.executableFrom(
    { symbol: 'BTCUSDT', pipeline },
    START,
  );
  const start = newAccount({ id, settings, pipeline, initialBalance: 10_000, at: START });
  return tradeAsDecided(start, closed, decisions);
}

beforeAll(async () => {
  service = await startTestService({ now: () => now });
  for (const model_id of ['early', 'late', 'ppo_v1']) await post('/paper/account/create', { model_id });
  await live();
});
afterAll(() => service.close());

describe('accounts that lived through hours with restarts', () => {
  test('have the same ledger whenever in a quarter the polls came', async () => {
    const [early, late] = [await lived('early'), await lived('late')];
    const moves = (account: typeof early) =>
      account.lines.map(({ time, kind, amount, walletAfter, id }) => ({
        ...{ time, kind, amount, walletAfter },
        id: id.slice(account.id.length),
      }));
    expect(early.lines.length).toBeGreaterThan(10);
    expect(moves(late)).toEqual(moves(early));
    expect(late.decisions.map(({ asOf, action, reason }) => [asOf, action, reason])).toEqual(
      early.decisions.map(({ asOf, action, reason }) => [asOf, action, reason]),
    );
  });

  test.each(['early', 'late', 'ppo_v1'])(
    '%s has the ledger of a replay of the same candles',
    async (modelId) => {
      const live = await lived(modelId);
      const { lines } = await replayed(live);
      expect(live.lines).toEqual(lines);
    },
  );

  test.each(['early', 'late', 'ppo_v1'])('%s has one row for every candle', async (modelId) => {
    const { decisions } = await lived(modelId);
    expect(decisions.map(({ asOf }) => asOf)).toEqual(
      Array.from({ length: QUARTERS }, (_, quarter) => START + quarter * DECISION_CANDLE_MS),
    );
    expect(decisions.filter(({ reason }) => reason === 'MISSED')).toHaveLength(UNPOLLED.size);
  });
});
