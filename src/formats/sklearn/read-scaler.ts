import { PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { quoteName } from '../error-text.ts';
import { FOREIGN_HEAD_BYTES, foreignKind } from '../foreign-files.ts';
import { field, isStrings, type JsonObject, parseJsonObject } from '../json.ts';
import type { FeatureScaler } from '../model-files.ts';
import { NUMPY_GLOBALS } from '../numpy/numpy.ts';
import { readPickle } from '../pickle/pickle.ts';
import { instanceOf, PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../pickle/pickle-globals.ts';
import type { PickleKind, RefusedGlobal } from '../pickle/pickle-machine.ts';
import { allowList, describe, PickleInstance, type PickleValue } from '../pickle/pickle-values.ts';
import { fittedScaler, isScalerClass, SCALER_CLASSES } from './fitted-scaler.ts';
import { decompressJoblib, JOBLIB_GLOBALS } from './joblib.ts';
import { checkQuotient, notScaler } from './scaler-values.ts';

const WHAT = 'The scaler';
const MAX_BYTES = 4 * 2 ** 20;

/** The module moved in scikit-learn 0.22. */
const SCALER_GLOBALS = allowList(
  PLAIN_GLOBALS,
  NUMPY_GLOBALS,
  JOBLIB_GLOBALS,
  TRAINING_STATE_GLOBALS,
  ...['sklearn.preprocessing._data', 'sklearn.preprocessing.data'].map((module) =>
    Object.fromEntries(SCALER_CLASSES.map((name) => [`${module} ${name}`, instanceOf(name)])),
  ),
);

const SCALER_KIND: PickleKind = {
  what: WHAT,
  globals: SCALER_GLOBALS,
  refuse: refuseEstimator,
  remedy: 'Save the fitted scaler alone: joblib.dump(scaler, path).',
  limits: { bytes: MAX_BYTES },
};

/**
 * Reads a scaler by the content of the file: JSON `{feature_order, mean, scale}`, or a StandardScaler, MinMaxScaler,
 * RobustScaler or MaxAbsScaler in a pickle or a file of joblib.dump, plain or compressed by zlib or gzip
 * (features.md#41).
 * @throws NOT_SCALER, SCALER_VALUE, SCALER_COMPRESSION, JSON_MALFORMED, PICKLE_*
 */
export async function readScaler(reader: ByteReader): Promise<FeatureScaler> {
  checkNotEmpty(reader, WHAT);
  if (reader.size > MAX_BYTES) {
    throw new PaperdeskError(
      'NOT_SCALER',
      `${WHAT} has ${reader.size} bytes; at most ${MAX_BYTES} are accepted. A scaler of 30 features has a few thousand.`,
    );
  }
  const bytes = await reader.read(0, reader.size);
  if (startsLikeJson(bytes)) return fromJson(parseJsonObject(bytes, WHAT));
  const pickle = decompressJoblib(bytes, { what: WHAT, maxBytes: MAX_BYTES, code: 'SCALER_COMPRESSION' });
  if (!startsLikePickle(pickle))
    throw notScaler(
      `is ${foreignKind(pickle.subarray(0, FOREIGN_HEAD_BYTES)) ?? 'neither JSON nor a pickle'}`,
    );
  return fromPickle(readPickle(pickle, SCALER_KIND));
}

/** No pickle starts with a brace or a byte order mark. */
function startsLikeJson(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('utf8').replace('\ufeff', '').trimStart();
  return start.startsWith('{') || start.startsWith('[');
}

/** PROTO, or an opcode that can begin a value in protocols 0 and 1. */
function startsLikePickle(bytes: Uint8Array): boolean {
  return (
    bytes.length > 0 && (bytes[0] === 0x80 || '(])}NIJKMLGFSTUVXcp'.includes(String.fromCharCode(bytes[0]!)))
  );
}

/** `{feature_order, mean, scale}`; other fields are ignored (features.md#41). */
function fromJson(json: JsonObject): FeatureScaler {
  const numbers = (key: string) => {
    const values = field(json, key);
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'number')) {
      throw notScaler(`is JSON without a list of numbers named ${key}`);
    }
    return Float64Array.from(values);
  };
  const [mean, scale] = [numbers('mean'), numbers('scale')];
  const featureOrder = field(json, 'feature_order') ?? undefined;
  if (featureOrder !== undefined && !isStrings(featureOrder)) {
    throw notScaler('is JSON whose feature_order is not a list of names');
  }
  return checkQuotient({ features: mean.length, mean, scale, featureOrder, training: { mean, scale } });
}

function fromPickle(value: PickleValue): FeatureScaler {
  if (!(value instanceof PickleInstance) || !isScalerClass(value.typeName)) throw notAlone(value);
  return fittedScaler(value.typeName, value.attributes);
}

/** A scaler is often saved in a dict, a tuple or a list with something else. */
function notAlone(value: PickleValue): PaperdeskError {
  const entries = value instanceof Map || Array.isArray(value) ? [...value.entries()] : [];
  const inside = entries.flatMap(([key, item]) =>
    item instanceof PickleInstance && isScalerClass(item.typeName) ? [{ key, type: item.typeName }] : [],
  );
  const [first] = inside;
  if (first === undefined) return notScaler(`contains ${describe(value)}`);
  const places = inside.slice(0, 3).map(({ key, type }) => `a ${type} at ${placeText(key)}`);
  return notScaler(
    `contains ${describe(value)} with ${places.join(', ')}`,
    `save the scaler of the features alone: joblib.dump(x[${placeText(first.key)}], path)`,
  );
}

function placeText(key: PickleValue): string {
  return typeof key === 'number' ? `${key}` : quoteName(typeof key === 'string' ? key : describe(key));
}

/** Another class of scikit-learn is a mistake, not an attack; unlike a function it begins with a capital letter. */
function refuseEstimator({ module, name }: RefusedGlobal): PaperdeskError | undefined {
  if (module === 'joblib.numpy_pickle' && ['NDArrayWrapper', 'ZNDArrayWrapper'].includes(name)) {
    return notScaler(
      'was written by joblib before 0.10, which saved arrays in files of their own',
      'load it and save it again with a newer joblib',
    );
  }
  if (!/^sklearn(\.\w+)+$/.test(module) || !/^[A-Z][A-Za-z0-9]{0,60}$/.test(name)) return undefined;
  const isOfSeveral = ['Pipeline', 'ColumnTransformer', 'FeatureUnion'].includes(name);
  return notScaler(
    `is a ${name} (${module.slice(0, 100)})`,
    isOfSeveral
      ? `save the fitted scaler in it alone, if it is the only step: joblib.dump(scaler, path)`
      : undefined,
  );
}
