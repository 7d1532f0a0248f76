import { type ModelPackage, requireNotArchived } from './model-package.ts';
import type { PackageUpdate } from './package-repository.ts';
import type { WeightChoice } from './weight-choice.ts';

/** What its owner changes about a package; what is undefined stays. */
export interface PackageEdits {
  readonly weights?: WeightChoice | undefined;
  /** Whether the service itself trades it. */
  readonly autoTrade?: boolean | undefined;
}

/** The columns of a package that its owner changes. @throws PACKAGE_ARCHIVED if trading is switched on for an archived one */
export function columnsOfEdits(current: ModelPackage, { weights, autoTrade }: PackageEdits): PackageUpdate {
  if (autoTrade === true) requireNotArchived(current);
  return {
    ...(weights !== undefined && { weights_wanted: weights }),
    ...(autoTrade === true && { auto_trade: 1 }),
    ...(autoTrade === false && NOT_TRADED),
  };
}

/** The columns of a package that the service does not trade. */
export const NOT_TRADED = {
  auto_trade: 0,
  auto_trade_problem: null,
  auto_trade_problem_since: null,
} as const satisfies PackageUpdate;
