import type { FactorGroup, ModelFacts } from './factor-group.ts';

/** Names that only number the inputs: of XGBoost, LightGBM, pandas. */
const NUMBERED = [/^f(\d+)$/, /^Column_(\d+)$/, /^x?(\d+)$/];

/**
 * The model's own names of its inputs, which a row by name follows; undefined where it has none, or where they only
 * number the inputs, so that the list of factors names them.
 */
function ownNamesOf({ featureNames }: ModelFacts): readonly string[] | undefined {
  const areNumbers = NUMBERED.some((pattern) =>
    featureNames.every((name, dim) => pattern.exec(name)?.[1] === String(dim)),
  );
  return featureNames.length === 0 || areNumbers ? undefined : featureNames;
}

/** The name of each input in rows by name: the model's own, else the factor of the dim (factor-models.md#37). */
export function inputNamesOf({ model, factors }: FactorGroup): readonly string[] {
  return (model && ownNamesOf(model.facts)) ?? factors;
}

/** A sentence about the list of factors where the model's own names contradict it. */
export function namesWarning(key: string, factors: readonly string[], facts: ModelFacts): string | undefined {
  const own = ownNamesOf(facts);
  const dim = own?.findIndex((name, index) => name !== factors[index]) ?? -1;
  // Another number of factors has a warning of its own.
  if (own === undefined || dim < 0 || own.length !== factors.length) return undefined;
  const known = new Set(own);
  const isOrder = factors.every((factor) => known.has(factor)) && new Set(factors).size === known.size;
  const quote = (name: string) => JSON.stringify(name.slice(0, 100));
  const first = `input ${dim} is ${quote(own[dim]!)} to the model and ${quote(factors[dim]!)} in the list`;
  return isOrder
    ? `The factors of ${key} are listed in another order than its model has them: ${first}. Rows by name follow the model; rows by dim have the model's order.`
    : `The model of ${key} has other names for its inputs than its list of factors: ${first}. Rows by name must use the model's own names.`;
}
