import type { ComparisonAnswer, ForecastQualityAnswer } from '../../../http/accounts/schema.ts';
import { addressOf } from '../../data/selected-package.ts';

type Item = ComparisonAnswer['items'][number];

/** Something that is compared: a live account or a replay, with what it is called and drawn as. */
export interface Candidate extends Item {
  /** Its account, or its replay. */
  readonly key: string;
  readonly name: string;
  /** Where it is looked at alone; undefined for accounts without a package. */
  readonly address: string | undefined;
  /** Where its curve comes from. */
  readonly equity: string;
  readonly coverage: number | undefined;
  readonly nominal: number | undefined;
  readonly skill: number | undefined;
}

/** @param nameOf what a package is called, by its id */
export function candidateOf(item: Item, nameOf: (packageId: string) => string | undefined): Candidate {
  const { replay, model_id, model_package_id: packageId, performance } = item;
  const called = (packageId === null ? undefined : nameOf(packageId)) ?? packageId ?? model_id;
  const quality = performance.forecast_quality;
  return {
    ...item,
    key: replay?.id ?? model_id,
    name: replay?.label == null ? called : `${called}: ${replay.label}`,
    address:
      replay !== null
        ? addressOf('/', { model: packageId ?? undefined, replay: replay.id })
        : packageId === null
          ? undefined
          : addressOf('/', { model: packageId }),
    equity:
      replay === null
        ? `/paper/equity/${encodeURIComponent(model_id)}`
        : `/paper/replays/${encodeURIComponent(replay.id)}/equity`,
    coverage: meanOf(quality, ({ coverage_pct, forecasts }) => [coverage_pct, forecasts]),
    nominal: quality?.horizons[0]?.nominal_pct,
    skill: meanOf(quality, ({ skill, compared }) => [skill, compared]),
  };
}

type Horizon = ForecastQualityAnswer['horizons'][number];

/** Over all horizons, each counted by its forecasts; undefined where none is known. */
function meanOf(
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
