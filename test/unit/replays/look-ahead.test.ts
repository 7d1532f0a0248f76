import { beforeEach, describe, expect, it } from 'vitest';
import { createHistoryRepository } from '../../../src/accounts/history-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { spreadCandles } from '../../../src/replays/candle-sample.ts';
import { type PastWindowAt, pastWindowAt } from '../../../src/replays/past-window-at.ts';
import type { ReplayOrder } from '../../../src/replays/replay-job.ts';
import { createSampleRepository } from '../../../src/replays/sample-repository.ts';
import { createTrialRepository } from '../../../src/statistics/trial-repository.ts';
import { CANDLE } from '../../helper/market.ts';
import { START } from '../../helper/paper.ts';
import { runTestReplay } from '../../helper/run-test-replay.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

let database: Database;
beforeEach(async () => {
  database = await openTestDatabase();
});

const COUNT = 230;

/** A stage that, where the next candle is there, takes its close for that of the newest one. */
const leakingClose: PastWindowAt = (market, asOf) => {
  const next = market.decisionCandles.find(({ openTime }) => openTime === asOf);
  if (next === undefined) return pastWindowAt(market, asOf);
  const decisionCandles = market.decisionCandles.map((candle) =>
    candle.openTime === asOf - CANDLE ? { ...candle, close: next.close } : candle,
  );
  return pastWindowAt({ ...market, decisionCandles }, asOf);
};

/** A stage that is off by one candle. */
const youngerWindow: PastWindowAt = (market, asOf) => pastWindowAt(market, asOf + CANDLE);

/** A stage that cannot do without the next candle. */
const dependentWindow: PastWindowAt = (market, asOf) => {
  if (market.decisionCandles.at(-1)!.openTime < asOf) throw new RangeError('There is no next candle.');
  return pastWindowAt(market, asOf);
};

/** A stage that looks at nothing but the funding after the close. */
const leakingFunding: PastWindowAt = (market, asOf) => {
  const next = market.funding.find(({ time }) => time > asOf);
  const funding = market.funding.filter(({ time }) => time <= asOf);
  const leaked = next === undefined ? funding : [...funding, { ...next, time: asOf - CANDLE }];
  return pastWindowAt({ ...market, funding: leaked.sort((a, b) => a.time - b.time) }, asOf);
};

describe('an honest replay', () => {
  it('gives the same on every candle that opened a lot and on 200 others', async () => {
    const replay = await runTestReplay(database, COUNT);
    expect(replay.state).toBe('DONE');
    const decisions = await createHistoryRepository(database).decisions('one', 1000);
    const spread = spreadCandles(replay, null);
    const wanted = decisions.filter(({ asOf, lotId }) => lotId !== null || spread.has(asOf));
    expect(decisions.filter(({ lotId }) => lotId !== null).length).toBeGreaterThan(5);
    expect(spread.size).toBe(200);
    expect(replay.results?.lookAhead).toEqual({
      candlesChecked: wanted.length,
      candlesEqual: wanted.length,
      firstDifference: null,
    });
    expect(await createSampleRepository(database).page('one', 0, 10)).toEqual([]);
    expect(await createTrialRepository(database).list('BTCUSDT')).toMatchObject([
      { from: replay.from, to: replay.to, logReturns: { values: expect.any(Array) } },
    ]);
  });

  it('is checked from the start if the check is interrupted', async () => {
    let checks = 0;
    const interrupted: PastWindowAt = (market, asOf) => {
      const isAlone = market.decisionCandles.at(-1)!.openTime < asOf;
      if (isAlone) checks += 1;
      if (checks === 40) throw new Error('stopped');
      return pastWindowAt(market, asOf);
    };
    await expect(runTestReplay(database, 50, { windowAt: interrupted })).rejects.toThrow('stopped');
    expect(await createSampleRepository(database).page('one', 0, 100)).toHaveLength(50);
  });
});

describe('a replay that looks ahead', () => {
  it.each([
    ['at the next close', leakingClose, /^features\./],
    ['at the next candle', youngerWindow, /^features\./],
    ['for whether there is a next candle', dependentWindow, /^window$/],
    ['at the next funding rate', leakingFunding, /^features\.funding/],
  ])('%s is found out, with the first candle that differs', async (_, windowAt, quantity) => {
    const replay = await runTestReplay(database, 40, { windowAt });
    const { candlesChecked, candlesEqual, firstDifference } = replay.results!.lookAhead!;
    expect(candlesChecked).toBeGreaterThan(30);
    expect(candlesEqual).toBeLessThan(candlesChecked / 2);
    expect(firstDifference?.quantity).toMatch(quantity);
    expect(firstDifference?.candle).toBeLessThan(START + 20 * CANDLE);
    expect(firstDifference?.alone).not.toBe(firstDifference?.inReplay);
  });
});

describe('the candles that are spread', () => {
  const order = (count: number) =>
    ({ from: START, to: START + count * CANDLE, pipeline: { decisionMs: CANDLE } }) as ReplayOrder;

  it.each([0, 1, 2, 199, 200, 201, 70_176])('of %i are 200 at most, from the first to the last', (count) => {
    const times = [...spreadCandles(order(count), null)];
    expect(times).toHaveLength(Math.min(200, count));
    if (count === 0) return;
    expect(times[0]).toBe(START);
    expect(times.at(-1)).toBe(START + (count - 1) * CANDLE);
    const gaps = times.slice(1).map((time, index) => (time - times[index]!) / CANDLE);
    expect(Math.max(...gaps, 0) - Math.min(...gaps, Number.MAX_VALUE)).toBeLessThanOrEqual(1);
  });

  it('are some of those that may be decided on', () => {
    const decided = [1, 4, 9].map((index) => START + index * CANDLE);
    expect([...spreadCandles(order(20), decided)]).toEqual(decided);
  });
});
