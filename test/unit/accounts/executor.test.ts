import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { KnownCandles } from '../../../src/accounts/account-market.ts';
import { type AccountRepository, createAccountRepository } from '../../../src/accounts/account-repository.ts';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import { createExecutor } from '../../../src/accounts/executor.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import type { LiveMarket } from '../../../src/market/sync/live-market.ts';
import type { Log } from '../../../src/runtime/log.ts';
import type { DecisionCandle } from '../../../src/trading/decision-candle.ts';
import { takeDecision } from '../../../src/trading/take-decision.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { account, candle3m, decisionMarket, flatCandle, policySignal, START } from '../../helper/paper.ts';
import { singleNode } from '../../helper/single-node.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { simulatedTime } from '../../helper/time.ts';

const END = START + DECISION_CANDLE_MS;
const unavailable = new PaperdeskError('MARKET_UNAVAILABLE', 'The exchange is away.');

let repository: AccountRepository;
let time: ReturnType<typeof simulatedTime>;
/** What the market knows from `from` on. */
let executableFrom: (symbol: string, from: number) => Promise<KnownCandles>;
let followed: string[];
let logged: string[];
let announceStored: Parameters<LiveMarket['onIntrabarCandles']>[0];
const announce = (symbol: string, storedUpTo: number) =>
  announceStored({ symbol, timeframe: '3m', storedUpTo });

beforeEach(async () => {
  const database = await openTestDatabase();
  repository = createAccountRepository(database);
  time = simulatedTime(END);
  executableFrom = async () => known([]);
  followed = [];
  logged = [];
});

function known(closed: readonly DecisionCandle[], failure: PaperdeskError | null = null): KnownCandles {
  return { closed, forming: null, failure, complete: failure === null };
}

/** The decision candle that opens at START: flat at 100, but for its low. */
function firstCandle(low = 100): DecisionCandle {
  const intrabar = [
    flatCandle(0),
    flatCandle(1),
    candle3m(2, 100, 100, low, 100),
    flatCandle(3),
    flatCandle(4),
  ];
  const candle = { ...flatCandle(0), low };
  return { candle, intrabar, funding: [], markPrice: 100, atr14: 1 };
}

async function openExecutor() {
  const log: Log = {
    info: () => {},
    warn: (_data, message) => void logged.push(`warn: ${message}`),
    error: (_data, message) => void logged.push(`error: ${message}`),
  };
  const accounts = createAccounts({
    repository,
    registry: { list: async () => [], resolve: () => Promise.reject(new Error('there are no packages')) },
    requireTrading: async () => {},
    now: time.clock,
  });
  const executor = createExecutor({
    accounts,
    market: { executableFrom: ({ symbol }, from) => executableFrom(symbol, from) },
    live: {
      follow: (symbol, _pipeline, reason, from) => void followed.push(`${symbol} ${reason} from ${from?.()}`),
      unfollow: async (symbol, reason) => void followed.push(`not ${symbol} ${reason}`),
      onIntrabarCandles(listener) {
        announceStored = listener;
      },
    },
    leases: singleNode().leases,
    now: time.clock,
    timers: time.timers,
    log,
  });
  onTestFinished(executor.stop);
  return { accounts, executor };
}

/** Stores an account without lots, or with one that was opened at START. */
async function store(id: string, { isOpen = true, symbol = 'BTCUSDT' } = {}) {
  const { stored } = await repository.create({
    account: account({}, { id }),
    packageId: null,
    symbol,
    now: START,
  });
  if (isOpen)
    await repository.commit(stored, takeDecision(stored.account, decisionMarket(), policySignal()), START);
}

const nextCandle = async (id: string) => (await repository.find(id))?.account.nextCandle;

test('accounts with lots are followed from their next candle, and executed when candles are stored', async () => {
  await store('paper_a');
  await store('paper_b');
  await store('paper_empty', { isOpen: false });
  await store('paper_eth', { symbol: 'ETHUSDT' });
  const { executor } = await openExecutor();
  await executor.refresh();
  await time.passTo(END + 1_000);
  expect(followed).toEqual([
    `BTCUSDT account:paper_a from ${START}`,
    `BTCUSDT account:paper_b from ${START}`,
    `ETHUSDT account:paper_eth from ${START}`,
  ]);
  expect(await nextCandle('paper_a')).toBe(START);

  executableFrom = async () => known([firstCandle()]);
  announce('BTCUSDT', END);
  announce('SOLUSDT', END);
  await time.passTo(END + 2_000);
  expect([await nextCandle('paper_a'), await nextCandle('paper_b')]).toEqual([END, END]);
  expect(await nextCandle('paper_eth')).toBe(START);
  expect(executor.status()).toEqual([
    { symbol: 'BTCUSDT', nextCandle: END, lagMs: 0, lastError: null },
    { symbol: 'ETHUSDT', nextCandle: START, lagMs: 12 * 60_000 + 2_000, lastError: null },
  ]);
});

test('candles that were stored before the start are executed at once', async () => {
  await store('paper_a');
  executableFrom = async () => known([firstCandle()]);
  const { executor } = await openExecutor();
  await executor.refresh();
  await time.passTo(END + 1_000);
  expect(await nextCandle('paper_a')).toBe(END);
});

test('an account is followed from its first lot to its last', async () => {
  await store('paper_a', { isOpen: false });
  const { accounts, executor } = await openExecutor();
  await executor.refresh();
  expect(followed).toEqual([]);
  await accounts.change('paper_a', async ({ account: stored }) => ({
    change: takeDecision(stored, decisionMarket(), policySignal()),
    result: null,
  }));
  expect(followed.splice(0)).toEqual([`BTCUSDT account:paper_a from ${START}`]);
  // Its stop is hit.
  executableFrom = async () => known([firstCandle(50)]);
  announce('BTCUSDT', END);
  await time.passTo(END + 1_000);
  expect((await repository.find('paper_a'))?.account.lots).toEqual([]);
  expect(followed).toEqual(['not BTCUSDT account:paper_a']);
  expect(executor.status()).toEqual([]);
});

test('what the exchange did not give is asked for again with backoff, and what it gave is stored', async () => {
  await store('paper_a');
  const calls: number[] = [];
  executableFrom = async () => {
    calls.push(time.clock() - END);
    if (calls.length === 1) return known([firstCandle()], unavailable);
    return known([], calls.length < 5 ? unavailable : null);
  };
  const { executor } = await openExecutor();
  await executor.refresh();
  await time.passTo(END + 500);
  expect(await nextCandle('paper_a')).toBe(END);
  expect(executor.status()).toMatchObject([{ lastError: 'The exchange is away.' }]);
  await time.passTo(END + 60_000);
  expect(calls).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
  expect(executor.status()).toMatchObject([{ lastError: null }]);
  expect(logged).toEqual(Array(4).fill('warn: closed candles could not be executed'));
});

test('an account that fails does not stop the others, and is executed once it can be', async () => {
  await store('paper_a');
  await store('paper_b');
  let failures = 0;
  executableFrom = async () => {
    if (failures++ < 1) throw new Error('SELECT secret FROM internals');
    return known([firstCandle()]);
  };
  const { executor } = await openExecutor();
  await executor.refresh();
  await time.passTo(END + 500);
  expect([await nextCandle('paper_a'), await nextCandle('paper_b')]).toEqual([START, END]);
  expect(executor.status()[0]).toMatchObject({
    nextCandle: START,
    lastError: 'an unexpected error; see the log',
  });
  expect(logged).toEqual(['error: closed candles could not be executed']);
  await time.passTo(END + 5_000);
  expect(await nextCandle('paper_a')).toBe(END);
});

test('stopping waits for the run under way, and no other begins', async () => {
  await store('paper_a');
  const { executor } = await openExecutor();
  await executor.refresh();
  await time.passTo(END + 1_000);
  let finish = () => {};
  const waiting = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let calls = 0;
  executableFrom = async () => {
    calls += 1;
    await waiting;
    return known([firstCandle()]);
  };
  announce('BTCUSDT', END);
  await time.passTo(END + 2_000);
  const stopped = executor.stop();
  announce('BTCUSDT', END);
  finish();
  await stopped;
  expect(await nextCandle('paper_a')).toBe(END);
  expect(calls).toBe(1);
});
