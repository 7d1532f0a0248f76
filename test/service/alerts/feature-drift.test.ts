// promise: docs/operations.md "FEATURE_DRIFT"

import { afterEach, expect, test } from 'vitest';
import { watchEvents } from '../../../src/events/watch-events.ts';
import { judgedFeatures } from '../../helper/drift.ts';
import { withWrongVolume } from '../../helper/played-recording.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { warmedUp } from '../../helper/upload.ts';
import { startReceiver } from '../../helper/webhook-receiver.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Sixteen minutes into a day of the recording. */
const START = Date.parse('2026-11-26T00:16:00Z');
const FAULTY_DAY = Date.parse('2026-11-26T00:00:00Z');

let service: TestService | undefined;
afterEach(() => service?.close());

const get = async (url: string) => (await service!.app.inject(url)).json();
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Waits until the features of the day before `now` are judged; a warm-up loads the candles of that day. */
async function judged(now: number): Promise<void> {
  await service!.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/warmup' });
  await warmedUp(service!.app, 'ppo_v1');
  await judgedFeatures(service!.app, 'ppo_v1', dayOf(now - DAY));
}

test('a day with a wrong unit of volume raises one alert, which ends when a quiet fortnight has passed', async () => {
  const receiver = await startReceiver();
  let now = START;
  service = await startTestService({
    now: () => now,
    changeRecording: (recording) => withWrongVolume(recording, FAULTY_DAY),
    env: { ALERT_WEBHOOK_URL: receiver.url },
  });
  const drifts = async () =>
    (await get('/alerts?limit=100')).items.filter(
      ({ subject }: { subject: string }) => subject === 'drift:ppo_v1:others',
    );
  await judged(now);
  const before = await get('/model-packages/ppo_v1/drift');
  expect(before).toMatchObject({ package: 'ppo_v1', day: '2026-11-25' });
  expect(before.features).toHaveLength(23);
  expect(before.features[0]).toMatchObject({
    week: { z: expect.any(Number), constant: false },
    ...{ psi_7_days: null, withheld: { psi_7_days: 'NO_QUANTILES', psi_28_days: 'NO_QUANTILES' } },
  });

  now += DAY;
  await judged(now);
  await expect.poll(drifts).toHaveLength(1);
  const [raised] = await drifts();
  expect(raised).toMatchObject({
    id: 'feature_drift.ppo_v1.others.2026-11-26',
    kind: 'FEATURE_DRIFT',
    text: expect.stringMatching(
      /^ppo_v1 reads values that it was not trained on: vol_log was \d+\.\d deviations above the training range on the last day/,
    ),
    details: expect.objectContaining({ kind: 'others', state: 'BROKEN', day: '2026-11-26' }),
  });
  expect((await get('/model-packages/ppo_v1')).drift).toMatchObject({
    state: 'BROKEN',
    features: expect.arrayContaining(['vol_log']),
  });
  expect((await service.app.inject('/metrics')).body).toMatch(
    /paperdesk_drifting_features\{package="ppo_v1",state="BROKEN"\} [1-9]/,
  );
  expect((await service.app.inject('/metrics')).body).toMatch(
    /paperdesk_drift_age_days\{package="ppo_v1"\} 0\n/,
  );
  expect((await get('/model-packages/ppo_v1/drift')).features[0]).toMatchObject({
    ...{ feature: 'vol_log', state: 'BROKEN', days: 1 },
    sentence: expect.stringContaining('vol_log was'),
  });

  // Nothing is computed or raised twice.
  const stored = await get('/model-packages/ppo_v1/drift');
  await service.restart();
  const published: unknown[] = [];
  watchEvents(service.services.events, 'alert', (event) => published.push(event?.data.id));
  await judged(now);
  expect(await get('/model-packages/ppo_v1/drift')).toEqual(stored);

  // The service is down for three days.
  now += 3 * DAY;
  await service.restart();
  await judged(now);
  for (let day = 5; day <= 14; day++) {
    now += DAY;
    await judged(now);
  }
  await expect.poll(drifts).toHaveLength(2);
  const [recovered, kept] = await drifts();
  expect(recovered).toMatchObject({ id: `${raised.id}.over`, kind: 'FEATURE_RECOVERED' });
  expect(kept).toMatchObject({ id: raised.id, created_at: raised.created_at });
  expect(kept.details.day > raised.details.day).toBe(true);
  expect((await get('/model-packages/ppo_v1')).drift?.features ?? []).not.toContain('vol_log');
  expect(published).not.toContain(raised.id);
  const sent = () =>
    receiver.received
      .map(({ body }) => JSON.parse(body).id)
      .filter((id) => id.startsWith('feature_drift.ppo_v1.others'));
  await expect.poll(sent).toEqual([raised.id, `${raised.id}.over`]);
});
