import { expect, test } from 'vitest';
import { type ErrorCode, PaperdeskError } from '../../../src/errors.ts';
import { runTestReplay } from '../../helper/run-test-replay.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

// A call of a replay is computed in up to three processes, before the engine answers INFERENCE_DIED.
test.each<[ErrorCode, number]>([
  ['INFERENCE_DIED', 1],
  ['FORECAST_TOO_SLOW', 1],
  ['INFERENCE_UNAVAILABLE', 5],
])('a replay whose forecasts fail with %s asks for them %i times, then fails', async (code, times) => {
  let asked = 0;
  const forWindows = async () => {
    asked += 1;
    throw new PaperdeskError(code, 'No forecast.');
  };
  const replay = runTestReplay(await openTestDatabase(), 2, { batchForecasts: { forWindows } });
  await expect(replay).rejects.toMatchObject({ code });
  expect(asked).toBe(times);
});
