import type { ComparisonAnswer } from '../../../http/comparison/schema.ts';
import type { ForecastQualityAnswer } from '../../../http/performance/schema.ts';
import { packageName } from '../../data/packages.ts';
import { recordsOf } from '../../data/record-source.ts';
import { isSkillJudged } from '../../format/forecast-verdicts.ts';
import { groupBy } from '../../group-by.ts';
import { deskAddress } from '../../views.ts';

type Item = ComparisonAnswer['items'][number];

/** A number of horizons among others. */
export interface Tally {
  readonly count: number;
  readonly of: number;
}

/** A live account or a replay in a comparison. */
export interface ComparedAccount extends Item {
  /** Id of the account or of the replay. */
  readonly key: string;
  /** Of the package, with the label of the replay, and with an id where others have the same. */
  readonly name: string;
  /** Its desk; undefined for an account without a package. */
  readonly address: string | undefined;
  /** Path of its equity curve. */
  readonly equityPath: string;
  /** At how many horizons the coverage is in line with the nominal share, of those that can be judged. */
  readonly inLine: Tally;
  /** At how many horizons the forecasts are better than the past, of those that can be judged. */
  readonly better: Tally;
}

/** Adds names, addresses and verdicts on forecasts to the accounts of a comparison. */
export function comparedAccounts(items: readonly Item[]): readonly ComparedAccount[] {
  const sameNames = groupBy(items, (item) => `${rangeOf(item)} ${nameOf(item)}`);
  return items.map((item) => {
    const { replay, model_id, model_package_id: packageId, performance } = item;
    const quality = performance.forecast_quality;
    const name = nameOf(item);
    const isAlone = sameNames.get(`${rangeOf(item)} ${name}`)?.length === 1;
    return {
      ...item,
      key: replay?.id ?? model_id,
      name: isAlone ? name : `${name} (${shortId(item)})`,
      address:
        replay === null && packageId === null ? undefined : deskAddress(packageId ?? undefined, replay?.id),
      equityPath: recordsOf(model_id, replay?.id).equity,
      inLine: tally(quality, ({ coverage_verdict: verdict }) =>
        verdict === 'FEW_INDEPENDENT' ? undefined : verdict === 'IN_LINE',
      ),
      better: tally(quality, ({ skill_verdict: verdict }) =>
        isSkillJudged(verdict) ? verdict === 'BETTER' : undefined,
      ),
    };
  });
}

/** Only replays of one range are shown together. */
function rangeOf({ symbol, replay }: Item): string {
  return replay === null ? 'live' : `${symbol} ${replay.from} ${replay.to}`;
}

function nameOf({ replay, model_id, model_package_id: packageId }: Item): string {
  const name = packageId === null ? model_id : packageName(packageId);
  return replay?.label == null ? name : `${name}: ${replay.label}`;
}

/** Characters of a replay's id that tell it from others. */
const SHORT_ID = 6;

function shortId({ replay, model_id, model_package_id: packageId }: Item): string {
  return replay === null ? (packageId ?? model_id) : replay.id.slice(-SHORT_ID);
}

type Horizon = ForecastQualityAnswer['horizons'][number];

/** @param judge whether it is so at a horizon; undefined where that cannot be judged */
function tally(
  quality: ForecastQualityAnswer | null,
  judge: (horizon: Horizon) => boolean | undefined,
): Tally {
  const verdicts = (quality?.horizons ?? []).map(judge).filter((verdict) => verdict !== undefined);
  return { count: verdicts.filter(Boolean).length, of: verdicts.length };
}
