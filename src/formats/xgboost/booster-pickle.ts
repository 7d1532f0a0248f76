import { PaperdeskError } from '../../errors.ts';
import { NUMPY_GLOBALS } from '../numpy/numpy.ts';
import { readPickle } from '../pickle/pickle.ts';
import { forNames, instanceOf, PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../pickle/pickle-globals.ts';
import { inertGlobal } from '../pickle/pickle-inert.ts';
import { forbiddenGlobal, type PickleKind, type RefusedGlobal } from '../pickle/pickle-machine.ts';
import { allowList, describe, PickleInstance, type PickleValue } from '../pickle/pickle-values.ts';
import { JOBLIB_GLOBALS } from '../sklearn/joblib.ts';
import { readUbjson } from '../ubjson/ubjson.ts';
import { BOOSTER, findModels, WRAPPERS } from './find-model.ts';
import { memberOf, memberText, parseModelJson, type XgboostDocument } from './model-document.ts';
import { writeModelJson } from './model-json.ts';
import { oldFormat } from './old-format.ts';
import { libraryOf, libraryOfFile, sentenceAbout } from './other-estimators.ts';
import { type SavedBy, savedByOfBooster, savedByOfWrapper } from './saved-by.ts';

/** State of scikit-learn's wrappers, without their booster; nothing of it can be called. */
const WRAPPER_STATE = ['xgboost.compat XGBoostLabelEncoder', 'sklearn.preprocessing._label LabelEncoder'];

const MODEL_GLOBALS = allowList(
  PLAIN_GLOBALS,
  TRAINING_STATE_GLOBALS,
  NUMPY_GLOBALS,
  JOBLIB_GLOBALS,
  { 'xgboost.core Booster': instanceOf(BOOSTER) },
  ...WRAPPERS.map((name) => ({ [`xgboost.sklearn ${name}`]: instanceOf(name) })),
  forNames('', WRAPPER_STATE, instanceOf('label encoder')),
);

/** Large forests take some 10 MB as JSON. */
export const MAX_MODEL_BYTES = 256 * 2 ** 20;

/** A model as its file has it: the document, its JSON as XGBoost's `save_model("x.json")` writes it, who saved it. */
export interface SavedModel {
  readonly document: XgboostDocument;
  readonly json: () => Uint8Array;
  readonly savedBy: SavedBy;
}

/** A kind of pickle that remembers the first name that it does not know. */
function modelKind(what: string): PickleKind & { firstUnknown: RefusedGlobal | undefined } {
  return {
    what,
    firstUnknown: undefined,
    globals: MODEL_GLOBALS,
    unknownGlobal(refused) {
      const inert = inertGlobal(refused.module, refused.name);
      if (inert !== undefined) this.firstUnknown ??= refused;
      return inert;
    },
    remedy: 'Save the XGBoost model itself: model.save_model("x_model.json").',
    limits: { bytes: MAX_MODEL_BYTES },
  };
}

/**
 * Reads the only model in a pickle as data (factor-models.md#13): a Booster, a wrapper of scikit-learn's interface, or
 * a dict or list with one of them. Names that it does not know, such as callbacks and metrics, stand in it without a
 * meaning and are never run; a file in which no model is found is refused by the first of them.
 * @throws PICKLE_*, UBJSON_MALFORMED, JSON_MALFORMED, NOT_XGBOOST, XGBOOST_UNSUPPORTED
 */
export function readPickledModel(bytes: Uint8Array, what: string): SavedModel {
  const kind = modelKind(what);
  let value: PickleValue;
  try {
    value = readPickle(bytes, kind);
  } catch (error) {
    throw refusalOf(kind) ?? error;
  }
  const model = onlyModelOf(value, kind);
  const wrapper = model.typeName === BOOSTER ? undefined : model;
  const booster = wrapper === undefined ? model : wrapper.attributes.get('_Booster');
  if (!(booster instanceof PickleInstance && booster.typeName === BOOSTER)) {
    throw notXgboost(what, `is a ${model.typeName} that was never fitted`);
  }
  const { document, config, json } = readHandle(booster, what);
  const savedBy =
    wrapper === undefined
      ? savedByOfBooster(booster, document, config)
      : savedByOfWrapper(wrapper, booster, document, config);
  return { document, json, savedBy };
}

function onlyModelOf(value: PickleValue, kind: ReturnType<typeof modelKind>): PickleInstance {
  const { what } = kind;
  const { models, estimators } = findModels(value);
  const [estimator] = estimators;
  if (estimator !== undefined) {
    const type = { module: estimator.value.module, name: estimator.value.typeName };
    const holds = estimator.place === '' ? '' : `holds ${JSON.stringify(estimator.place)}, which `;
    throw refused(`${what} ${holds}${sentenceAbout(type, libraryOf(type)!)}.`);
  }
  const [model, ...others] = models;
  if (model === undefined) {
    throw refusalOf(kind) ?? notXgboost(what, `contains ${describe(value)} without an XGBoost model`);
  }
  if (others.length > 0) {
    const places = models.slice(0, 10).map(({ place }) => JSON.stringify(place));
    throw refused(
      `${what} holds ${models.length} XGBoost models: ${places.join(', ')}${models.length > 10 ? ', ...' : ''}. Save each in a file of its own: model.save_model("x_model.json").`,
    );
  }
  return model.value;
}

/** The error about the first unknown name: it tells more than what failed behind it. */
function refusalOf(kind: ReturnType<typeof modelKind>): PaperdeskError | undefined {
  const unknown = kind.firstUnknown;
  // A callback or metric of XGBoost or scikit-learn does not explain why a file cannot be read.
  if (unknown === undefined || /^(xgboost\.callback|sklearn\.metrics)\b/.test(unknown.module))
    return undefined;
  const library = libraryOfFile(unknown);
  if (library === undefined) return forbiddenGlobal(kind, unknown);
  return refused(`${kind.what} ${sentenceAbout(unknown, library)}.`);
}

/** The handle is a document with the model and its configuration: UBJSON, or JSON before XGBoost 1.6. */
function readHandle(booster: PickleInstance, what: string) {
  const handle = booster.attributes.get('handle');
  if (!(handle instanceof Uint8Array) || handle.length === 0) {
    throw notXgboost(what, `has a Booster whose handle is ${describe(handle)}`);
  }
  if (handle[0] !== 0x7b) throw oldFormat(handle, what);
  // JSON begins with `{"`; UBJSON has the type of the key's length there.
  if (handle[1] === 0x22) return readJsonHandle(handle, what);
  const snapshot = readUbjson(handle, what);
  const model = memberOf(snapshot, 'Model');
  if (!(model instanceof Map)) throw notXgboost(what, 'has no Model');
  return { document: model, config: memberOf(snapshot, 'Config'), json: () => writeModelJson(model) };
}

/** The model's text is cut out unchanged. */
function readJsonHandle(handle: Uint8Array, what: string) {
  const text = Buffer.from(handle.buffer, handle.byteOffset, handle.byteLength).toString('utf8');
  const snapshot = parseModelJson(text, what);
  const document = memberOf(snapshot, 'Model');
  const json = memberText(text, 'Model');
  if (document === undefined || json === undefined) throw notXgboost(what, 'has no Model');
  return { document, config: memberOf(snapshot, 'Config'), json: () => Buffer.from(json) };
}

function refused(sentence: string): PaperdeskError {
  return new PaperdeskError('NOT_XGBOOST', sentence);
}

function notXgboost(what: string, reason: string): PaperdeskError {
  return refused(
    `${what} ${reason}; a pickled xgboost Booster or scikit-learn wrapper is needed, or a model as JSON.`,
  );
}
