import type { ComparisonAnswer } from '../../../http/comparison/schema.ts';
import type { ForecastQualityAnswer } from '../../../http/performance/schema.ts';
import { packageName } from '../../data/packages.ts';
import { withSegments } from '../../data/urls.ts';
import { deskAddress } from '../../views.ts';

type Item = ComparisonAnswer['items'][number];

/** A live account or a replay in a comparison. */
export interface ComparedAccount extends Item {
  /** Id of the account or of the replay. */
  readonly key: string;
  /** Of the package, with the label of the replay. */
  readonly name: string;
  /** Its desk; undefined for an account without a package. */
  readonly address: string | undefined;
  /** Path of its equity curve. */
  readonly equityPath: string;
  /** Mean coverage over the horizons, in percent. */
  readonly coverage: number | undefined;
  /** Nominal coverage, in percent. */
  readonly nominal: number | undefined;
  /** Mean skill over the horizons. */
  readonly skill: number | undefined;
}

/** Adds names, addresses and means to the accounts of a comparison. */
export function comparedAccounts(items: readonly Item[]): readonly ComparedAccount[] {
  return items.map((item) => {
    const { replay, model_id, model_package_id: packageId, performance } = item;
    const quality = performance.forecast_quality;
    const name = packageId === null ? model_id : packageName(packageId);
    return {
      ...item,
      key: replay?.id ?? model_id,
      name: replay?.label == null ? name : `${name}: ${replay.label}`,
      address:
        replay === null && packageId === null ? undefined : deskAddress(packageId ?? undefined, replay?.id),
      equityPath:
        replay === null
          ? withSegments('/paper/equity', model_id)
          : withSegments('/paper/replays', replay.id, 'equity'),
      coverage: weightedMean(quality, ({ coverage_pct, forecasts }) => [coverage_pct, forecasts]),
      nominal: quality?.horizons[0]?.nominal_pct,
      skill: weightedMean(quality, ({ skill, compared }) => [skill, compared]),
    };
  });
}

type Horizon = ForecastQualityAnswer['horizons'][number];

/** The mean over all horizons with a value; undefined where there is none. */
function weightedMean(
  quality: ForecastQualityAnswer | null,
  read: (horizon: Horizon) => readonly [value: number | null, weight: number],
): number | undefined {
  let sum = 0;
  let weights = 0;
  for (const horizon of quality?.horizons ?? []) {
    const [value, weight] = read(horizon);
    if (value === null) continue;
    sum += value * weight;
    weights += weight;
  }
  return weights === 0 ? undefined : sum / weights;
}
