import {
  type AllowedGlobal,
  describe,
  type GlobalTable,
  type PickleContext,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { nanosecondsPer, PythonDuration, PythonTime, zoneOf } from './python-time.ts';

/** `_unpickle_timestamp(value, freq, zone, unit)`; the value counts units since the epoch, UTC. */
function timestamp(args: readonly PickleValue[], context: PickleContext): PythonTime {
  const [value, , zone, unit = 10] = args;
  return new PythonTime(count(value, unit, context), zoneOf(zone, context));
}

function timedelta(args: readonly PickleValue[], context: PickleContext): PythonDuration {
  const [value, unit = 10] = args;
  return new PythonDuration(Number(count(value, unit, context)) / 1e9);
}

/** `Timedelta(ns)` of older versions. */
function count(value: PickleValue | undefined, unit: PickleValue, context: PickleContext): bigint {
  const scale = nanosecondsPer(unit);
  if (scale === undefined || (typeof value !== 'bigint' && !Number.isSafeInteger(value))) {
    throw context.malformed(
      `a time of pandas has ${describe(value)} as its value and ${describe(unit)} as its unit`,
    );
  }
  return BigInt(value as number | bigint) * scale;
}

const notATime: AllowedGlobal = { call: () => null };

/** pandas' scalars; missing values become null. `NA` is only named, never created. */
export const PANDAS_TIME_GLOBALS: GlobalTable = {
  'pandas._libs.tslibs.timestamps _unpickle_timestamp': { call: timestamp },
  'pandas._libs.tslibs.timestamps Timestamp': { call: timestamp },
  'pandas._libs.tslibs.timedeltas _timedelta_unpickle': { call: timedelta },
  'pandas._libs.tslibs.timedeltas Timedelta': { call: timedelta },
  'pandas._libs.tslibs.nattype _nat_unpickle': notATime,
  'pandas._libs.tslibs.nattype __nat_unpickle': notATime,
  'pandas._libs.missing NA': {},
  'pandas._libs.missing NAType': { call: () => null },
};
