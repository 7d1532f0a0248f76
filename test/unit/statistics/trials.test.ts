// promise: docs/writing-a-package.md "trials"

import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/candle.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import type { Performance } from '../../../src/statistics/performance.ts';
import {
  createTrialRepository,
  type Trial,
  type TrialRepository,
} from '../../../src/statistics/trial-repository.ts';
import { createTrials, type JudgedRecord, trialKey, trialsOfRange } from '../../../src/statistics/trials.ts';
import { DEFAULT_SETTINGS } from '../../../src/trading/settings.ts';
import { seededRandom } from '../../helper/random.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const START = Date.UTC(2025, 2, 3);
const DAYS = 60;

let database: Database;
let repository: TrialRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  repository = createTrialRepository(database);
});

function trial(key: string, changes: Partial<Trial> = {}): Trial {
  const random = seededRandom(key.length + key.charCodeAt(0));
  const values = Array.from({ length: DAYS }, () => (random() - 0.5) / 50);
  return {
    ...{ symbol: 'BTCUSDT', key, from: START, to: START + DAYS * DAY_MS },
    logReturns: { from: START, values },
    ...changes,
  };
}

function record(key: string, changes: Partial<JudgedRecord> = {}): JudgedRecord {
  const { logReturns, ...own } = trial(key);
  const dailyReturns = { from: START, values: logReturns.values.map(Math.expm1) };
  const parts = { n: DAYS, dailySharpe: 0.2, skew: 0, kurtosis: 3, lags: 3, effectiveDays: DAYS };
  const performance = { dailyReturns, sharpeParts: parts, withheld: {} } as unknown as Performance;
  return { ...own, performance, declared: null, ...changes };
}

describe('trials in the store', () => {
  it('are as they were, with every bit of their returns', async () => {
    const one = trial('a');
    await repository.record(one);
    const without = trial('b', { logReturns: { from: null, values: [] } });
    await repository.record(without);
    await repository.record(trial('c', { symbol: 'ETHUSDT' }));
    expect(await repository.list('BTCUSDT')).toEqual([one, without]);
  });

  it('are not more for being repeated, and grow with a longer range only', async () => {
    const longer = trial('a', { to: START + 2 * DAYS * DAY_MS });
    for (const one of [trial('a'), trial('a'), longer, trial('a')]) await repository.record(one);
    expect(await repository.list('BTCUSDT')).toEqual([longer]);
  });

  it('bump their revision when something is added', async () => {
    const read = createReadRevisions(database);
    await repository.record(trial('a'));
    const before = await read('trials');
    await repository.record(trial('a'));
    expect(await read('trials')).toBe(before);
    await repository.record(trial('b'));
    expect(await read('trials')).not.toBe(before);
  });
});

describe('trials that are judged again', () => {
  const judgeOwn = (trials: ReturnType<typeof createTrials>) => trials.judge(record('own'));

  it('are read once, and later only those that are new or have grown', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const list: TrialRepository['list'] = (symbol, keys) => {
      asked.push(keys);
      return repository.list(symbol, keys);
    };
    const trials = createTrials({
      repository: { ...repository, list },
      readRevisions: createReadRevisions(database),
    });
    for (const key of ['a', 'b']) await repository.record(trial(key));
    expect(await judgeOwn(trials)).toMatchObject({ counted: 3 });
    await repository.record(trial('c'));
    expect(await judgeOwn(trials)).toMatchObject({ counted: 4 });
    await repository.record(trial('a', { to: START + 2 * DAYS * DAY_MS }));
    const grown = await judgeOwn(trials);
    expect(asked).toEqual([['a', 'b'], ['c'], ['a']]);
    const anew = createTrials({ repository, readRevisions: createReadRevisions(database) });
    expect(grown).toEqual(await judgeOwn(anew));
  });

  it('say the same of a record alone and among others, in any order', async () => {
    const keys = ['a', 'b', 'c', 'own'];
    for (const key of keys) await repository.record(trial(key));
    const trials = createTrials({ repository, readRevisions: createReadRevisions(database) });
    const together = await trials.judgeAll(keys.map((key) => record(key)));
    const backwards = await trials.judgeAll(keys.toReversed().map((key) => record(key)));
    expect(backwards.toReversed()).toEqual(together);
    for (const [index, key] of keys.entries())
      expect(await trials.judge(record(key))).toEqual(together[index]);
  });
});

describe('the trials of a range', () => {
  const own = trial('own');
  const shifted = (key: string, days: number) =>
    trial(key, { from: START + days * DAY_MS, to: START + (days + DAYS) * DAY_MS });

  it('share at least half of it', () => {
    const trials = [
      shifted('a', 30),
      shifted('b', 31),
      shifted('c', -30),
      shifted('d', -31),
      shifted('e', 200),
    ];
    expect(trialsOfRange(trials, own).map(({ key }) => key)).toEqual(['own', 'a', 'c']);
  });

  it('count each package with its rules once, by the range that shares most', () => {
    const trials = [shifted('a', 30), shifted('a', 10), shifted('a', -20), trial('own')];
    expect(trialsOfRange(trials, own)).toEqual([own, trials[1]]);
  });
});

describe('a record', () => {
  const judged = async (changes: Partial<JudgedRecord> = {}) =>
    createTrials({ repository, readRevisions: createReadRevisions(database) }).judge(record('own', changes));

  it('is one trial by itself, whose probability is not deflated', async () => {
    const alone = await judged();
    expect(alone).toMatchObject({ counted: 1, declared: null, effective: 1 });
    expect(alone.deflatedSharpe).toBeGreaterThan(0.9);
    expect(alone.weeksToTell).not.toBeNull();
  });

  it('is less surprising the more was tried, here and before the upload', async () => {
    const probabilities = [(await judged()).deflatedSharpe!];
    for (const key of ['a', 'bb', 'ccc']) await repository.record(trial(key));
    const among = await judged();
    expect(among.counted).toBe(4);
    expect(among.effective).toBeGreaterThan(1);
    expect(among.effective).toBeLessThanOrEqual(4);
    probabilities.push(among.deflatedSharpe!);
    const declared = await judged({ declared: 40 });
    expect(declared).toMatchObject({ counted: 4, declared: 40 });
    probabilities.push(declared.deflatedSharpe!);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    expect(new Set(probabilities).size).toBe(3);
  });

  it('has no probability where its Sharpe ratio is withheld', async () => {
    const performance = { ...record('own').performance, withheld: { deflatedSharpe: 'FEW_DAYS' } as const };
    expect(await judged({ performance })).toEqual({
      ...{ counted: 1, declared: null, effective: 1, deflatedSharpe: null, weeksToTell: null },
    });
  });
});

describe('the key of a trial', () => {
  it('is that of files and rules, in any order, with weights of any form', () => {
    const key = trialKey('aa.bb', DEFAULT_SETTINGS);
    const { opposite, ...others } = DEFAULT_SETTINGS;
    expect(trialKey('bb.aa+int8', { ...others, opposite })).toBe(key);
    expect(trialKey('aa.cc', DEFAULT_SETTINGS)).not.toBe(key);
    expect(trialKey('aa.bb', { ...DEFAULT_SETTINGS, killLevel: 0.3 })).not.toBe(key);
  });
});
