import { describe, expect, it } from 'vitest';
import { TIMEFRAME_MS } from '../../../src/candle.ts';
import { settlingRows } from '../../../src/pipeline/pipeline-memory.ts';
import { openDriftWatch, START, watchedModel } from '../../helper/drift-watch.ts';
import { expectFiniteNumbers } from '../../helper/finite-numbers.ts';

const DAY = 24 * 60 * 60_000;

describe('the watch over features', () => {
  it('computes each whole day once, also after restarts, and all that it missed', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 60);
    await watch.settle(0, 60);
    await watch.passTo(20);
    const first = await watch.rows();
    // The 94 candles before a day, after which the first does not count in atr_14 any more, begin after funding is known.
    expect(first.map(({ day }) => day)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(watch.days).toEqual(['x']);
    expectFiniteNumbers(first);

    const { reads } = watch.state;
    await watch.passTo(20);
    expect(watch.state.reads).toBe(reads);
    await watch.restart();
    await watch.passTo(20);
    expect([await watch.rows(), watch.days]).toEqual([first, ['x']]);

    await watch.passTo(21);
    await watch.restart();
    await watch.passTo(24);
    const rows = await watch.rows();
    expect(rows.map(({ day }) => day).slice(-5)).toEqual([19, 20, 21, 22, 23]);
    expect(watch.days).toEqual(['x', 'x', 'x']);

    const atOnce = await openDriftWatch();
    await atOnce.store(0, 60);
    await atOnce.settle(0, 60);
    await atOnce.passTo(24);
    const ofLastDay = (features: typeof rows) => features.at(-1)!.features;
    for (const [index, feature] of ofLastDay(rows).entries()) {
      const same = ofLastDay(await atOnce.rows())[index];
      expect(feature.week.z).toBeCloseTo(same.week.z, 2);
      expect({ ...feature.state }).toEqual(same.state);
    }
  });

  it('leaves features that tell the time alone, and knows stability where the manifest has quantiles', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 60);
    await watch.settle(0, 60);
    await watch.passTo(40);
    const { features } = (await watch.drift())!;
    expect(features.map(({ feature }) => feature).sort()).toEqual([
      ...['atr_14', 'funding_rate_now', 'ret_1', 'vol_8'],
    ]);
    const ret = features.find(({ feature }) => feature === 'ret_1')!;
    expect(ret).toMatchObject({ hasQuantiles: true, monthStability: expect.any(Number) });
    const vol = features.find(({ feature }) => feature === 'vol_8')!;
    expect(vol).toMatchObject({ hasQuantiles: false, weekStability: null, monthStability: null });
  });

  it('begins with 35 days at most, keeps 60, and forgets those of another version', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 80);
    await watch.settle(0, 80);
    await watch.passTo(50);
    expect((await watch.rows()).map(({ day }) => day)).toEqual(Array.from({ length: 35 }, (_, i) => 15 + i));
    await watch.passTo(79);
    expect((await watch.rows()).map(({ day }) => day)).toEqual(Array.from({ length: 60 }, (_, i) => 19 + i));

    const { training } = watch.state.scaler;
    const mean = new Float64Array([0, 0.004, 300, 0, 1e-4]);
    watch.state.scaler = { ...watch.state.scaler, training: { ...training, mean } };
    await watch.restart();
    await watch.passTo(79);
    const rows = await watch.rows();
    expect(rows).toHaveLength(35);
    expect(new Set(rows.map(({ version }) => version)).size).toBe(1);
  });

  it('waits for the candles and the funding of a day, and leaves out one whose candles are missing', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 12);
    await watch.settle(0, 60);
    await watch.passTo(13);
    expect((await watch.rows()).at(-1)!.day).toBe(11);
    await watch.store(12.5, 25);
    await watch.passTo(25);
    const rows = await watch.rows();
    expect(rows.map(({ day }) => day)).toEqual([5, 6, 7, 8, 9, 10, 11, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(rows.map(({ features }) => features[0].week !== null)).toEqual([
      ...[false, false, false, false, false, false, true],
      ...[false, false, false, false, false, false, true, true],
    ]);

    const unsettled = await openDriftWatch();
    await unsettled.store(0, 12);
    await unsettled.passTo(12);
    expect(await unsettled.rows()).toEqual([]);
    await unsettled.settle(0, 11);
    await unsettled.passTo(12);
    expect((await unsettled.rows()).at(-1)!.day).toBe(10);
  });

  it('finds funding that is 0 for three days, and says so', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 40);
    await watch.settle(0, 20);
    await watch.settle(20, 40, () => 0);
    await watch.passTo(22);
    expect((await watch.drift())!.alerts).toEqual([]);
    await watch.passTo(23);
    const { alerts, features } = (await watch.drift())!;
    expect(alerts).toMatchObject([{ kind: 'others', state: 'BROKEN', features: ['funding_rate_now'] }]);
    expect(features[0]).toMatchObject({
      feature: 'funding_rate_now',
      sentence: 'funding_rate_now does not change any more: its data may be broken.',
    });
  });

  it.each([
    ['on', 16, ['others']],
    ['over', 30, []],
  ] as const)('begins a new package with an episode of the past that is %s', async (_name, today, kinds) => {
    const watch = await openDriftWatch();
    await watch.store(0, 40);
    await watch.store(10, 10.01, (candle) => ({ ...candle, close: candle.close * 1.3 }));
    await watch.settle(0, 40);
    await watch.passTo(today);
    const others = (await watch.drift())!.alerts.filter(({ kind }) => kind === 'others');
    expect(others.map(({ kind }) => kind)).toEqual(kinds);
    const states = (await watch.rows()).map(({ day, features }) => [day, features[1].state.state]);
    expect(states).toContainEqual([9, null]);
    expect(states).toContainEqual([10, 'BROKEN']);
    expect(watch.days).toEqual(['x']);
  });

  it('watches neither archived packages nor those that are not warm, and goes on after a failure', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 40);
    await watch.settle(0, 40);
    watch.state.models[0] = watchedModel('1h', { warmUpStatus: 'RUNNING' });
    await watch.passTo(20);
    expect(await watch.drift()).toBeUndefined();
    watch.state.models[0] = watchedModel('1h');
    const { scaler } = watch.state;
    watch.state.scaler = undefined as never;
    await watch.passTo(20);
    expect(watch.log.lines.join()).toContain('the drift of its features could not be computed');
    watch.state.scaler = scaler;
    await watch.passTo(20);
    expect(await watch.drift()).toMatchObject({ day: START + 19 * DAY });
    watch.state.models[0] = watchedModel('1h', { status: 'ARCHIVED' });
    await watch.passTo(21);
    expect(await watch.drift()).toBeUndefined();
    expect(watch.days).toEqual(['x']);
  });

  it('tries a day whose candles are late a few times, and no more until the next day', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 19.5);
    await watch.settle(0, 60);
    await watch.passTo(19);
    const tries = async (minutes: number) => {
      const { reads } = watch.state;
      for (let passed = 0; passed < minutes; passed += 20) await watch.passTo(20);
      return watch.state.reads - reads;
    };
    const first = await tries(6 * 60);
    expect(first).toBeGreaterThan(1);
    // However often it is woken.
    expect(await tries(6 * 60)).toBe(0);
    await watch.store(19, 21);
    await watch.passTo(21);
    expect((await watch.rows()).map(({ day }) => day).slice(-2)).toEqual([19, 20]);
  });

  it('forgets the rows of a deleted package', async () => {
    const watch = await openDriftWatch();
    await watch.store(0, 40);
    await watch.settle(0, 40);
    watch.state.models.push(watchedModel('1h', { id: 'y' }));
    await watch.passTo(20);
    expect(watch.days).toEqual(['x', 'y']);
    watch.state.models.shift();
    await watch.passTo(20);
    const stored = await watch.database.selectFrom('feature_drift').select('package_id').distinct().execute();
    expect(stored).toEqual([{ package_id: 'y' }]);
    expect((await watch.reports.read())(watchedModel('1h'))).toBeUndefined();
  });

  it('computes on one node only, and on another one when that is gone', async () => {
    const waiting: (() => () => Promise<void>)[] = [];
    let held: (() => Promise<void>) | undefined;
    const pass = () => {
      held = waiting.shift()?.();
    };
    const leases = {
      want(_: string, begin: () => () => Promise<void>) {
        waiting.push(begin);
        if (held === undefined) pass();
        return async () => {
          const index = waiting.indexOf(begin);
          if (index >= 0) waiting.splice(index, 1);
        };
      },
    };
    const watch = await openDriftWatch('1h', { nodes: [leases, leases] });
    await watch.store(0, 40);
    await watch.settle(0, 40);
    await watch.passTo(20);
    expect(watch.days).toEqual(['x']);
    await held?.();
    pass();
    await watch.passTo(21);
    expect(watch.days).toEqual(['x', 'x']);
    await held?.();
  });

  it.each(['5m', '4h'] as const)('takes UTC days of candles of %s', async (timeframe) => {
    const watch = await openDriftWatch(timeframe);
    await watch.store(0, 40);
    await watch.settle(0, 40);
    await watch.passTo(30);
    const rows = await watch.rows();
    const perDay = DAY / TIMEFRAME_MS[timeframe];
    expect(rows.at(-1)).toMatchObject({ day: 29 });
    expect(rows[0]!.day).toBe(1 + Math.ceil(94 / perDay));
    expect(rows.every(({ features }) => features[0].summary.count === perDay)).toBe(true);
  });
});

it('features settle after their warm-up and once they have forgotten the first candle', () => {
  const { pipeline } = watchedModel('1h');
  expect(settlingRows(pipeline)).toBe(94);
  expect(settlingRows({ ...pipeline, historyCandles: 72 })).toBe(40);
  expect(settlingRows({ ...pipeline, features: pipeline.features.slice(0, 2) })).toBe(8);
});
