import { labelText, nameText, tagTexts } from './label-text.ts';
import { type ModelPackage, requireNotArchived } from './model-package.ts';
import type { PackageUpdate } from './package-repository.ts';
import type { WeightChoice } from './weight-choice.ts';

/** What its owner changes about a package; what is undefined stays. */
export interface PackageEdits {
  readonly weights?: WeightChoice | undefined;
  /** Whether the service itself trades it. */
  readonly autoTrade?: boolean | undefined;
  /** The id stays as it is. */
  readonly name?: string | undefined;
  /** Null or an empty text removes them. */
  readonly notes?: string | null | undefined;
  /** All of its tags. */
  readonly tags?: readonly string[] | undefined;
}

/**
 * The columns of a package that its owner changes.
 * @throws PACKAGE_ARCHIVED if trading is switched on for an archived one, VALIDATION for a text that is not accepted
 */
export function columnsOfEdits(current: ModelPackage, edits: PackageEdits): PackageUpdate {
  const { weights, autoTrade, name, notes, tags } = edits;
  if (autoTrade === true) requireNotArchived(current);
  return {
    ...(weights !== undefined && { weights_wanted: weights }),
    ...(autoTrade === true && { auto_trade: 1 }),
    ...(autoTrade === false && NOT_TRADED),
    ...(name !== undefined && { name: nameText(name) }),
    ...(notes !== undefined && { notes: labelText('notes', notes ?? '') || null }),
    ...(tags !== undefined && { tags: JSON.stringify(tagTexts(tags)) }),
  };
}

/** The columns of a package that the service does not trade. */
export const NOT_TRADED = {
  auto_trade: 0,
  auto_trade_problem: null,
  auto_trade_problem_since: null,
} as const satisfies PackageUpdate;
