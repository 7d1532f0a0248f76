import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { PollResult } from '../../../src/accounts/poll.ts';
import { createAutoTrading } from '../../../src/auto-trading/auto-trading.ts';
import type { Leases } from '../../../src/cluster/leases.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import { createEventHub, type EventHub } from '../../../src/events/event-hub.ts';
import type { ModelPackage, TradingState } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import type { Log } from '../../../src/runtime/log.ts';
import type { Gate } from '../../../src/trading/gates.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { START } from '../../helper/paper.ts';
import { singleNode } from '../../helper/single-node.ts';
import { simulatedTime } from '../../helper/time.ts';

const MINUTE_MS = 60_000;
/** Not a whole minute before the end of a candle. */
const NOW = START + 10_000;
const NOT_KNOWN: Gate = { reason: 'STALE', sentence: 'The candle is not known yet.', isRecorded: false };
const WARMUP: Gate = { reason: 'WARMUP', sentence: 'The warm-up is RUNNING.', isRecorded: true };

let time: ReturnType<typeof simulatedTime>;
let events: EventHub;
let packages: ModelPackage[];
/** Seconds since START at which each package was polled. */
let polls: Record<string, number[]>;
/** What the next polls meet; null decides. */
let answers: (Gate | Error | null)[];
let states: Map<string, TradingState>;
let news: string[];
let logged: string[];

beforeEach(() => {
  time = simulatedTime(NOW);
  events = createEventHub('run');
  events.subscribe({ onEvent: ({ kind, data }) => void news.push(`${kind} ${data.id}`), onReset() {} });
  packages = [traded('alpha')];
  polls = {};
  answers = [];
  states = new Map();
  news = [];
  logged = [];
});

function traded(id: string, changes: Partial<ModelPackage> = {}): ModelPackage {
  const trading = { asOf: undefined, problem: undefined, problemSince: undefined };
  return {
    ...{ id, createdAt: 1, status: 'READY', warmUpStatus: 'DONE', autoTrade: true, trading },
    ...{ pipeline: DEFAULT_PIPELINE, manifest: { symbol: 'BTCUSDT' } },
    ...changes,
  } as ModelPackage;
}

async function start(leases: Pick<Leases, 'want'> = singleNode().leases) {
  const decided = new Set<number>();
  const poll = async (id: string): Promise<PollResult> => {
    polls[id] = [...(polls[id] ?? []), (time.clock() - START) / 1000];
    const answer = answers.shift() ?? null;
    if (answer instanceof Error) throw answer;
    const asOf = Math.floor(time.clock() / DECISION_CANDLE_MS) * DECISION_CANDLE_MS;
    const isRepeated = answer === null && decided.has(asOf);
    if (answer === null) decided.add(asOf);
    const gate = isRepeated ? ({ reason: 'DECIDED', sentence: '', isRecorded: false } as const) : answer;
    return { asOf, gate, decided: gate === null } as PollResult;
  };
  const log: Log = {
    info: () => {},
    warn: (_data, message) => void logged.push(`warn: ${message}`),
    error: (_data, message) => void logged.push(`error: ${message}`),
  };
  const trading = createAutoTrading({
    registry: { list: async () => packages },
    ...{ events, leases, log, now: time.clock, timers: time.timers },
    poll: ({ modelId, isByService }) => {
      expect(isByService).toBe(true);
      return poll(modelId);
    },
    states: { store: async (id, state) => void states.set(id, state) },
  });
  onTestFinished(trading.close);
  await trading.start();
  return trading;
}

function change(...changed: ModelPackage[]): void {
  packages = changed;
  events.publish('package', { id: 'alpha', removed: false });
}

test('the account is polled once after each decision candle', async () => {
  await start();
  await time.passTo(START + 3 * DECISION_CANDLE_MS);
  expect(polls.alpha).toEqual([10, 901, 1801]);
  expect(states.get('alpha')).toEqual({
    asOf: START + 2 * DECISION_CANDLE_MS,
    problem: undefined,
    problemSince: undefined,
  });
  expect(logged).toEqual([]);
});

test('a candle that is not known yet is asked for again, soon and then less often', async () => {
  answers = Array.from({ length: 9 }, () => NOT_KNOWN);
  await start();
  await time.pass(50_000);
  expect(polls.alpha).toEqual([10, 11, 13, 17, 25, 41]);
  expect(states.get('alpha')?.problem, 'a minute is no problem').toBeUndefined();
  await time.pass(2 * MINUTE_MS);
  expect(states.get('alpha')).toMatchObject({ problem: NOT_KNOWN.sentence, problemSince: START + 73_000 });
  await time.pass(2 * MINUTE_MS);
  expect(states.get('alpha')).toMatchObject({ asOf: START, problem: undefined, problemSince: undefined });
});

test('an error is logged and shown until a poll succeeds', async () => {
  answers = [new PaperdeskError('DATABASE_UNAVAILABLE', 'The database is away.'), new Error('a bug')];
  await start();
  await time.pass(1);
  expect(states.get('alpha')).toMatchObject({ problem: 'The database is away.', problemSince: NOW });
  await time.pass(1000);
  expect(states.get('alpha')?.problem).toMatch(/see the log/);
  await time.pass(2000);
  expect(states.get('alpha')).toEqual({ asOf: START, problem: undefined, problemSince: undefined });
  expect(logged.map((line) => line.split(':')[0])).toEqual(['warn', 'error']);
  // Its beginning and its end are events, not each of its polls.
  expect(news).toEqual(['package alpha', 'package alpha']);
});

test('a full disk is shown as such', async () => {
  answers = [Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })];
  await start();
  await time.pass(1);
  expect(states.get('alpha')?.problem).toBe(
    'The disk of the database is full; nothing was stored. Free some space and try again.',
  );
});

test('a candle whose orders can no longer be filled is no problem and no decision', async () => {
  answers = [{ reason: 'MISSED', sentence: 'Too late.', isRecorded: false }];
  await start();
  await time.pass(MINUTE_MS);
  expect(polls.alpha).toEqual([10]);
  expect(states.get('alpha')).toMatchObject({ asOf: undefined, problem: undefined });
});

test('a change of the packages begins what is new, and asks no package twice', async () => {
  await start();
  await time.pass(MINUTE_MS);
  change(traded('alpha'), traded('beta'));
  await time.pass(MINUTE_MS);
  expect(polls).toEqual({ alpha: [10], beta: [70] });
});

test.each([
  ['switched off', { autoTrade: false }],
  ['archived', { status: 'ARCHIVED' as const }],
])('a package that is %s is not polled any more', async (_case, changes) => {
  await start();
  await time.pass(MINUTE_MS);
  change(traded('alpha', changes), traded('beta'));
  await time.pass(DECISION_CANDLE_MS);
  expect(polls.alpha).toEqual([10]);
  expect(polls.beta).toHaveLength(2);
  change();
  await time.pass(DECISION_CANDLE_MS);
  expect(polls.beta).toHaveLength(2);
  expect(time.sleepers()).toBe(0);
});

test('the end of a warm-up and a new candle end the pause', async () => {
  answers = Array.from({ length: 7 }, () => WARMUP);
  change(traded('alpha', { warmUpStatus: 'RUNNING' }));
  await start();
  await time.pass(70_000);
  expect(polls.alpha?.at(-1)).toBe(73);
  expect(states.get('alpha')?.problem).toBe(WARMUP.sentence);
  change(traded('alpha'));
  await time.pass(1);
  expect(polls.alpha?.at(-1)).toBe(80);
  expect(states.get('alpha')?.asOf).toBe(START);

  await time.passTo(START + DECISION_CANDLE_MS + 10);
  events.publish('market', { symbol: 'ETHUSDT' });
  await time.pass(10);
  expect(polls.alpha?.at(-1)).toBe(80);
  events.publish('market', { symbol: 'BTCUSDT' });
  await time.pass(10);
  expect(polls.alpha?.at(-1)).toBe(900.02);
});

test('only the node with the lease polls, and it asks again when it gets the lease back', async () => {
  let begin: (() => () => Promise<void>) | undefined;
  await start({
    want(name, beginWork) {
      expect(name).toBe('auto-trade:alpha');
      begin = beginWork;
      return async () => {};
    },
  });
  await time.pass(DECISION_CANDLE_MS);
  expect(polls).toEqual({});
  const end = begin?.();
  await time.pass(MINUTE_MS);
  expect(polls.alpha).toEqual([910]);
  await end?.();
  await time.pass(MINUTE_MS);
  const endAgain = begin?.();
  await time.pass(MINUTE_MS);
  expect(polls.alpha).toEqual([910, 1030]);
  await endAgain?.();
});
