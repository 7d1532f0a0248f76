import {
  ACCOUNT_VALUE_COUNT,
  CORE_FEATURE_COUNT,
  FORECAST_FEATURE_COUNT,
  OBSERVATION_SIZE,
} from '../dimensions.ts';

/**
 * The policy's input: 72 float32, [scaled core features of the last row (28) | forecast features (35) | account values
 * (9)] (forecast-and-policy.md#24).
 * @param window scaled rows; the last 28 numbers are used
 * @throws RangeError for a wrong number of values
 */
export function observation(
  window: ArrayLike<number>,
  forecast: ArrayLike<number>,
  account: ArrayLike<number>,
): Float32Array {
  const result = new Float32Array(OBSERVATION_SIZE);
  const lastRow = window.length - CORE_FEATURE_COUNT;
  if (lastRow < 0) expectLength(window, CORE_FEATURE_COUNT, 'scaled features');
  for (let i = 0; i < CORE_FEATURE_COUNT; i++) result[i] = window[lastRow + i]!;
  result.set(expectLength(forecast, FORECAST_FEATURE_COUNT, 'forecast features'), CORE_FEATURE_COUNT);
  result.set(
    expectLength(account, ACCOUNT_VALUE_COUNT, 'account values'),
    CORE_FEATURE_COUNT + FORECAST_FEATURE_COUNT,
  );
  return result;
}

function expectLength(values: ArrayLike<number>, length: number, what: string): ArrayLike<number> {
  if (values.length !== length)
    throw new RangeError(`An observation takes ${length} ${what}, not ${values.length}.`);
  return values;
}
