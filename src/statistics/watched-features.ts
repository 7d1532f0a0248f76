import { featureNamed } from '../pipeline/features/catalogue.ts';

/** They only tell the time, so they cannot drift. */
const CALENDAR = [
  'hour_sin',
  'hour_cos',
  'dow_sin',
  'dow_cos',
  'hour_utc',
  'dow_utc',
  'time_to_next_funding_steps',
];

/** Families whose values are prices, and move with the price of the symbol. */
const IN_PRICE_UNITS = /^(atr|macd)(_|$)/;

/** The funding rate is one value for hours, and does not change for a whole day on a fifth of days. */
const FUNDING_RATE = 'funding_rate_now';

/** How a feature is watched for drift (statistics.md#80). */
export interface FeatureWatch {
  readonly isWatched: boolean;
  /** Whether it is in quote currency. */
  readonly inPriceUnits: boolean;
  /** Whether a day without change means that its data are broken; else only three days of 0 do. */
  readonly breaksWhenConstant: boolean;
}

/** @throws PaperdeskError MANIFEST_INVALID if there is no such feature */
export function watchOf(feature: string): FeatureWatch {
  const { template } = featureNamed(feature).family;
  return {
    isWatched: !CALENDAR.includes(template),
    inPriceUnits: IN_PRICE_UNITS.test(template),
    breaksWhenConstant: template !== FUNDING_RATE,
  };
}
