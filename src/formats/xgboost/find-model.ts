import { PickleInert } from '../pickle/pickle-inert.ts';
import { PickleInstance, type PickleValue } from '../pickle/pickle-values.ts';
import { libraryOf } from './other-estimators.ts';

export const BOOSTER = 'xgboost Booster';

/** The classes of `xgboost.sklearn`, which end their predictions at the best iteration. */
export const WRAPPERS = [
  'XGBModel',
  'XGBRegressor',
  'XGBClassifier',
  'XGBRanker',
  'XGBRFRegressor',
  'XGBRFClassifier',
];

/** Containers within each other that are searched for models. */
const MAX_DEPTH = 6;

/** Where in the file something stands: `models.long`, `[2]`; empty for the file itself. */
export interface Found<Value> {
  readonly place: string;
  readonly value: Value;
}

/** What plain containers hold. */
export interface Findings {
  /** Wrappers and boosters; a wrapper and its own booster count once. */
  readonly models: readonly Found<PickleInstance>[];
  /** Objects of machine-learning libraries, which may change inputs or outputs of a model beside them. */
  readonly estimators: readonly Found<PickleInert>[];
}

/** Searches dicts, lists and tuples; objects of other classes are not looked into. */
export function findModels(root: PickleValue): Findings {
  const models: Found<PickleInstance>[] = [];
  const estimators: Found<PickleInert>[] = [];
  const seen = new Set<PickleValue>();

  function visit(value: PickleValue, place: string, depth: number): void {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof PickleInstance && isModel(value)) models.push({ place, value });
    else if (value instanceof PickleInert) {
      if (libraryOf({ module: value.module, name: value.typeName })) estimators.push({ place, value });
    } else if (depth < MAX_DEPTH) {
      for (const [name, item] of itemsOf(value, place)) visit(item, name, depth + 1);
    }
  }

  visit(root, '', 0);
  const wrapped = new Set(models.map(({ value }) => value.attributes.get('_Booster')));
  return { models: models.filter(({ value }) => !wrapped.has(value)), estimators };
}

function* itemsOf(value: object, place: string): Iterable<[string, PickleValue]> {
  if (value instanceof Map) {
    for (const [key, item] of value as Map<PickleValue, PickleValue>) {
      const name = typeof key === 'string' ? key.slice(0, 100) : `[${typeof key === 'number' ? key : '?'}]`;
      yield [place === '' ? name : `${place}.${name}`, item];
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly PickleValue[]).entries())
      yield [`${place}[${index}]`, item];
  }
}

function isModel({ typeName }: PickleInstance): boolean {
  return typeName === BOOSTER || WRAPPERS.includes(typeName);
}
