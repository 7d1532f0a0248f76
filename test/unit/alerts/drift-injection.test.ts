import { expect, onTestFinished, test } from 'vitest';
import { createAlertRepository } from '../../../src/alerts/alert-repository.ts';
import { openAlerts } from '../../../src/alerts/open-alerts.ts';
import { createEventHub } from '../../../src/events/event-hub.ts';
import { createInProcessJobs } from '../../../src/jobs/in-process-jobs.ts';
import { openDriftWatch } from '../../helper/drift-watch.ts';
import { silentLog } from '../../helper/log.ts';
import { singleNode } from '../../helper/single-node.ts';
import { simulatedTime } from '../../helper/time.ts';

const MINUTE = 60_000;
/** Mean and standard deviation of ln(1 + volume) of the synthetic candles. */
const VOLUME = { mean: 5.92, scale: 0.97 };

test('volume in thousands raises FEATURE_DRIFT after six days, and FEATURE_RECOVERED once it is right again', async () => {
  const watch = await openDriftWatch('1h', { features: ['ret_1', 'vol_log'] });
  const training = {
    mean: new Float64Array([0, VOLUME.mean]),
    scale: new Float64Array([0.003, VOLUME.scale]),
  };
  watch.state.scaler = { ...training, training };
  const time = simulatedTime(0);
  const alerts = await openAlerts({
    diskSpace: async () => undefined,
    ...{ database: watch.database, leases: singleNode().leases, drift: watch.reports },
    jobs: createInProcessJobs({ timers: time.timers, log: silentLog }),
    webhook: undefined,
    desk: { onPoll() {}, accounts: { list: async () => [], onChange() {} } },
    registry: { list: async () => watch.state.models },
    live: { followed: () => [] },
    marketStatus: async () => ({ symbols: [] }),
    events: createEventHub('run'),
    ...{ now: time.clock, timers: time.timers, log: silentLog },
  });
  onTestFinished(() => alerts.close());
  const [firstWrong, firstRight] = [20, 30];
  await watch.store(0, firstWrong);
  await watch.store(firstWrong, firstRight, (candle) => ({ ...candle, volume: candle.volume / 1000 }));
  await watch.store(firstRight, 50);
  await watch.settle(0, 50);

  const raised: [number, string][] = [];
  for (let day = firstWrong - 5; day < 50; day++) {
    await watch.passTo(day);
    await time.pass(10 * MINUTE);
    const all = await createAlertRepository(watch.database).list(100);
    for (const { kind } of all.slice(0, all.length - raised.length).reverse()) raised.push([day, kind]);
  }
  const [[begun, first], [over, second]] = raised as [[number, string], [number, string]];
  expect([raised.length, first, second]).toEqual([2, 'FEATURE_DRIFT', 'FEATURE_RECOVERED']);
  expect(begun).toBeGreaterThanOrEqual(firstWrong + 5);
  expect(begun).toBeLessThanOrEqual(firstWrong + 9);
  expect(over).toBeGreaterThanOrEqual(firstRight + 7);
  expect(over).toBeLessThanOrEqual(firstRight + 16);
});
