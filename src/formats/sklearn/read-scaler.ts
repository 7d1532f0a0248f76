import { PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { field, isStrings, type JsonObject, parseJsonObject } from '../json.ts';
import type { StandardScaler } from '../model-files.ts';
import { NUMPY_GLOBALS, NumpyArray, toFloat64Vector } from '../numpy/numpy.ts';
import { readPickle } from '../pickle/pickle.ts';
import { instanceOf, PLAIN_GLOBALS } from '../pickle/pickle-globals.ts';
import type { PickleKind, RefusedGlobal } from '../pickle/pickle-machine.ts';
import {
  allowList,
  describe,
  type PickleDict,
  PickleInstance,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { decompressJoblib, JOBLIB_GLOBALS } from './joblib.ts';
import { checkScaler, notScaler } from './scaler-values.ts';

const WHAT = 'The scaler';
const MAX_BYTES = 4 * 2 ** 20;
const STANDARD_SCALER = 'StandardScaler';

/** The module moved in scikit-learn 0.22. */
const SCALER_GLOBALS = allowList(PLAIN_GLOBALS, NUMPY_GLOBALS, JOBLIB_GLOBALS, {
  'sklearn.preprocessing._data StandardScaler': instanceOf(STANDARD_SCALER),
  'sklearn.preprocessing.data StandardScaler': instanceOf(STANDARD_SCALER),
});

const SCALER_KIND: PickleKind = {
  what: WHAT,
  globals: SCALER_GLOBALS,
  refuse: refuseEstimator,
  remedy: 'Save the fitted StandardScaler alone: joblib.dump(scaler, path).',
  limits: { bytes: MAX_BYTES },
};

/**
 * Reads a StandardScaler by the content of the file: JSON `{feature_order, mean, scale}`,
 * a pickle, or a file of joblib.dump, plain or compressed by zlib or gzip (features.md#41).
 * @throws NOT_SCALER, SCALER_VALUE, SCALER_COMPRESSION, JSON_MALFORMED, PICKLE_*
 */
export async function readScaler(reader: ByteReader): Promise<StandardScaler> {
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
  if (!startsLikePickle(pickle)) throw notScaler('is neither JSON nor a pickle');
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
function fromJson(json: JsonObject): StandardScaler {
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
  return checkScaler({ features: mean.length, mean, scale, featureOrder });
}

function fromPickle(value: PickleValue): StandardScaler {
  if (!(value instanceof PickleInstance) || value.typeName !== STANDARD_SCALER) {
    throw notScaler(`contains ${describe(value)}`);
  }
  const { attributes } = value;
  // On unless False or 0.
  const [withMean, withStd] = ['with_mean', 'with_std'].map((name) => {
    const flag = attributes.get(name);
    return flag !== false && flag !== 0;
  });
  const mean = vector(attributes, 'mean_');
  const scale = vector(attributes, 'scale_');
  const declared = attributes.get('n_features_in_');
  const features = typeof declared === 'number' ? declared : (mean ?? scale)?.length;
  if (features === undefined || (withMean && mean === undefined) || (withStd && scale === undefined)) {
    throw notScaler('is a StandardScaler that was never fitted');
  }
  const names = attributes.get('feature_names_in_') ?? undefined;
  const featureOrder = names instanceof NumpyArray ? names.items : undefined;
  if (names !== undefined && !isStrings(featureOrder)) {
    throw notScaler('has feature_names_in_ that are not texts');
  }
  return checkScaler({
    features,
    mean: withMean ? mean : undefined,
    scale: withStd ? scale : undefined,
    featureOrder: featureOrder as readonly string[] | undefined,
  });
}

function vector(attributes: PickleDict, name: string): Float64Array | undefined {
  const value = attributes.get(name) ?? null;
  if (value === null) return undefined;
  const numbers = value instanceof NumpyArray ? toFloat64Vector(value) : undefined;
  if (numbers === undefined) throw notScaler(`has ${describe(value)} as ${name}, not a vector of numbers`);
  return numbers;
}

/** Another class of scikit-learn is a mistake, not an attack; unlike a function it begins with a capital letter. */
function refuseEstimator({ module, name }: RefusedGlobal): PaperdeskError | undefined {
  if (!/^sklearn(\.\w+)+$/.test(module) || !/^[A-Z][A-Za-z0-9]{0,60}$/.test(name)) return undefined;
  return notScaler(`is a ${name} (${module.slice(0, 100)})`);
}
