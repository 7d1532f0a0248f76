import { snakeKeys } from '../../runtime/key-case.ts';
import type { JudgedFeature, PackageDrift } from '../../statistics/package-drift.ts';
import { dateOf } from '../../statistics/utc-days.ts';
import type { PackageDriftAnswer } from './drift-schema.ts';

export function answerOfDrift(id: string, drift: PackageDrift | undefined): PackageDriftAnswer {
  if (drift === undefined) return { package: id, day: null, alerts: [], features: [] };
  const { day, alerts, features } = drift;
  return {
    package: id,
    day: dateOf(day),
    alerts: alerts.map((alert) => ({
      ...alert,
      features: [...alert.features],
      sentences: [...alert.sentences],
    })),
    features: features.map(answerOfFeature),
  };
}

function answerOfFeature(one: JudgedFeature): PackageDriftAnswer['features'][number] {
  const { feature, state, sentence, day, week, weekStability, monthStability, hasQuantiles } = one;
  const stability = { psi_7_days: weekStability, psi_28_days: monthStability };
  const withheld: PackageDriftAnswer['features'][number]['withheld'] = {};
  if (week === null) withheld.week = 'FEW_DAYS';
  for (const figure of ['psi_7_days', 'psi_28_days'] as const) {
    if (stability[figure] === null) withheld[figure] = hasQuantiles ? 'FEW_DAYS' : 'NO_QUANTILES';
  }
  return {
    ...{ feature, in_price_units: one.inPriceUnits, state: state.state, days: state.days, sentence },
    ...{ day: snakeKeys(day), week: week && snakeKeys(week), ...stability, withheld },
  };
}
