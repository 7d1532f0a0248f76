import { PaperdeskError } from '../../errors.ts';
import { NUMPY_GLOBALS } from '../numpy/numpy.ts';
import { readPickle } from '../pickle/pickle.ts';
import { forNames, instanceOf, PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../pickle/pickle-globals.ts';
import type { PickleKind } from '../pickle/pickle-machine.ts';
import { allowList, describe, PickleInstance, type PickleValue } from '../pickle/pickle-values.ts';
import { readUbjson } from '../ubjson/ubjson.ts';
import { memberOf, memberText, parseModelJson, type XgboostDocument } from './model-document.ts';
import { writeModelJson } from './model-json.ts';

const BOOSTER = 'xgboost Booster';
const WRAPPER = 'xgboost.sklearn model';

const WRAPPERS = [
  'XGBModel',
  'XGBRegressor',
  'XGBClassifier',
  'XGBRanker',
  'XGBRFRegressor',
  'XGBRFClassifier',
];

/** State of scikit-learn's wrappers besides their booster; nothing of it can be called. */
const WRAPPER_STATE = ['xgboost.compat XGBoostLabelEncoder', 'sklearn.preprocessing._label LabelEncoder'];

const MODEL_GLOBALS = allowList(
  PLAIN_GLOBALS,
  NUMPY_GLOBALS,
  { 'collections OrderedDict': TRAINING_STATE_GLOBALS['collections OrderedDict']! },
  { 'xgboost.core Booster': instanceOf(BOOSTER) },
  forNames('xgboost.sklearn ', WRAPPERS, instanceOf(WRAPPER)),
  forNames('', WRAPPER_STATE, instanceOf('label encoder')),
);

/** Large forests take some 10 MB as JSON. */
export const MAX_MODEL_BYTES = 256 * 2 ** 20;

function modelKind(what: string): PickleKind {
  return {
    what,
    globals: MODEL_GLOBALS,
    remedy:
      'Save the model without functions or callbacks of your own, or as JSON: booster.save_model("x.json").',
    limits: { bytes: MAX_MODEL_BYTES },
  };
}

/** A pickled model: the document, and its JSON as XGBoost's `save_model("x.json")` writes it. */
export interface PickledModel {
  readonly document: XgboostDocument;
  readonly json: () => Uint8Array;
}

/**
 * Reads the model in a pickled xgboost Booster or scikit-learn wrapper as data (factor-models.md#13).
 * @throws PICKLE_*, UBJSON_MALFORMED, JSON_MALFORMED, NOT_XGBOOST, XGBOOST_UNSUPPORTED
 */
export function readPickledModel(bytes: Uint8Array, what: string): PickledModel {
  const handle = handleOf(readPickle(bytes, modelKind(what)), what);
  if (handle[0] !== 0x7b) throw unsupported(what, "is in XGBoost's old binary format");
  // JSON begins with `{"`; UBJSON has the type of the key's length there.
  if (handle[1] === 0x22) return fromJson(handle, what);
  const snapshot = readUbjson(handle, what);
  const model = snapshot instanceof Map ? snapshot.get('Model') : undefined;
  if (!(model instanceof Map)) throw notXgboost(what, 'has no Model');
  return { document: model, json: () => writeModelJson(model) };
}

/** Boosters of XGBoost before 1.6 contain JSON; the model's text is cut out unchanged. */
function fromJson(handle: Uint8Array, what: string): PickledModel {
  const text = Buffer.from(handle.buffer, handle.byteOffset, handle.byteLength).toString('utf8');
  const document = memberOf(parseModelJson(text, what), 'Model');
  const json = memberText(text, 'Model');
  if (document === undefined || json === undefined) throw notXgboost(what, 'has no Model');
  return { document, json: () => Buffer.from(json) };
}

function handleOf(value: PickleValue, what: string): Uint8Array {
  const booster = isInstance(value, WRAPPER) ? value.attributes.get('_Booster') : value;
  if (!isInstance(booster, BOOSTER)) {
    if (isInstance(value, WRAPPER)) throw notXgboost(what, 'is a model that was never fitted');
    throw notXgboost(what, `contains ${describe(value)}`);
  }
  const handle = booster.attributes.get('handle');
  if (!(handle instanceof Uint8Array) || handle.length === 0) {
    throw notXgboost(what, `has a Booster whose handle is ${describe(handle)}`);
  }
  return handle;
}

function isInstance(value: PickleValue | undefined, typeName: string): value is PickleInstance {
  return value instanceof PickleInstance && value.typeName === typeName;
}

function notXgboost(what: string, reason: string): PaperdeskError {
  return new PaperdeskError(
    'NOT_XGBOOST',
    `${what} ${reason}; a pickled xgboost Booster or scikit-learn wrapper is needed, or a model as JSON.`,
  );
}

function unsupported(what: string, reason: string): PaperdeskError {
  return new PaperdeskError(
    'XGBOOST_UNSUPPORTED',
    `${what} ${reason}; save it again with XGBoost 1.3 or later.`,
  );
}
