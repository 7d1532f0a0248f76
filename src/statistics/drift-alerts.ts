import { counted } from '../runtime/counted.ts';
import {
  type DriftDay,
  type DriftState,
  isBroken,
  isWild,
  QUIET_DAYS,
  QUIET_DAYS_IN_PRICE_UNITS,
} from './drift-state.ts';

/** A feature with its last day and its state after it. */
export interface WatchedFeature {
  readonly feature: string;
  readonly inPriceUnits: boolean;
  readonly day: DriftDay;
  readonly state: DriftState;
}

/** Features in price units have an alert of their own, because they drift with the price. */
export const DRIFT_KINDS = ['others', 'price units'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** An alert that is on: one per package and kind, while any feature of the kind is (statistics.md#84). */
export interface DriftAlert {
  readonly kind: DriftKind;
  /** BROKEN if any feature is. */
  readonly state: 'BROKEN' | 'DRIFT';
  /** Names of the features that are on, broken ones first. */
  readonly features: readonly string[];
  /** A sentence for each of them, in the same order. */
  readonly sentences: readonly string[];
}

/** The alerts that are on for a package. @param quote the currency of features in price units */
export function driftAlerts(features: readonly WatchedFeature[], quote: string): DriftAlert[] {
  const alerts: DriftAlert[] = [];
  for (const kind of DRIFT_KINDS) {
    const on = features.filter(
      ({ inPriceUnits, state }) => state.state !== null && inPriceUnits === (kind === 'price units'),
    );
    if (on.length === 0) continue;
    const broken = on.filter(({ state }) => state.state === 'BROKEN');
    const sorted = [...broken, ...on.filter((feature) => !broken.includes(feature))];
    alerts.push({
      kind,
      state: broken.length > 0 ? 'BROKEN' : 'DRIFT',
      features: sorted.map(({ feature }) => feature),
      sentences: sorted.map((feature) => driftSentence(feature, quote)),
    });
  }
  return alerts;
}

/** What can be said about a feature whose state is not null. */
export function driftSentence({ feature, inPriceUnits, day, state }: WatchedFeature, quote: string): string {
  const quietDaysNeeded = inPriceUnits ? QUIET_DAYS_IN_PRICE_UNITS : QUIET_DAYS;
  const sentence = `${feature} ${findingOf(day, state, quietDaysNeeded)}`;
  return inPriceUnits && isWild(day) && !isBroken(day)
    ? `${sentence}; this feature is in ${quote} and the price has moved since training; it will not pass.`
    : `${sentence}.`;
}

function findingOf(day: DriftDay, { state, days, quietDays }: DriftState, quietDaysNeeded: number): string {
  const period = `for ${counted(days, 'day')}`;
  if (day.isConstant) return 'does not change any more: its data may be broken';
  if (isBroken(day))
    return `was ${deviations(day.zDay)} the training range on the last day: its data may be broken`;
  if (isWild(day)) {
    const { zWeek, beyond3Week } = day as { zWeek: number; beyond3Week: number };
    return Math.abs(zWeek) > 3
      ? `has been ${deviations(zWeek)} the training range ${period}`
      : `has had values beyond 3 deviations of the training range ${period}, ${percent(beyond3Week)} of the last week's`;
  }
  const was = state === 'BROKEN' ? 'was broken' : 'left the training range';
  return `${was} ${counted(days - 1, 'day')} ago and has been quiet for ${quietDays} of the ${quietDaysNeeded} days after which this is over`;
}

/** Larger distances say only that the training range was almost a single value. */
const LARGEST_DEVIATIONS = 1000;

function deviations(z: number): string {
  const size = Math.abs(z) > LARGEST_DEVIATIONS ? 'over 1,000' : Math.abs(z).toFixed(1);
  return `${size} deviations ${z > 0 ? 'above' : 'below'}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
