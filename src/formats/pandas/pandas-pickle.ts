import { NUMPY_GLOBALS } from '../numpy/numpy.ts';
import { readPickle } from '../pickle/pickle.ts';
import { instanceOf, PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../pickle/pickle-globals.ts';
import { allowList, type PickleValue } from '../pickle/pickle-values.ts';
import { decompressJoblib, JOBLIB_GLOBALS } from '../sklearn/joblib.ts';
import { FRAME_GLOBALS } from './data-frame.ts';
import { ARRAY_GLOBALS } from './pandas-array.ts';
import { INDEX_GLOBALS } from './pandas-index.ts';
import { PANDAS_TIME_GLOBALS } from './pandas-time.ts';
import { TIME_GLOBALS } from './python-time.ts';

/** Later tables win: times become times instead of plain instances. */
const GLOBALS = allowList(
  PLAIN_GLOBALS,
  TRAINING_STATE_GLOBALS,
  NUMPY_GLOBALS,
  JOBLIB_GLOBALS,
  { 'decimal Decimal': instanceOf('Decimal') },
  TIME_GLOBALS,
  PANDAS_TIME_GLOBALS,
  ARRAY_GLOBALS,
  INDEX_GLOBALS,
  FRAME_GLOBALS,
);

const MAX_BYTES = 64 * 2 ** 20;
/** The values of frames and indexes; as dates they take 320 MB. */
const MAX_COPIES = 4_000_000;

/**
 * Reads a file of pickle or joblib with DataFrames, Series, Timestamps and values of numpy and datetime as data, as
 * pandas 1.5 to 2.x and numpy 1.2x to 2.x write it (factor-models.md#12).
 * @param what how sentences about the file begin
 * @throws PICKLE_*, FACTOR_FILE_INVALID for a compression that is not read
 */
export function readPandasPickle(bytes: Uint8Array, what: string): PickleValue {
  const pickle = decompressJoblib(bytes, { what, maxBytes: MAX_BYTES, code: 'FACTOR_FILE_INVALID' });
  return readPickle(pickle, {
    what,
    globals: GLOBALS,
    remedy: 'Store only plain values, numpy arrays, DataFrames and times in it.',
    limits: { bytes: MAX_BYTES, copies: MAX_COPIES },
  });
}
