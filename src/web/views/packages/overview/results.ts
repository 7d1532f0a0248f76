import type { ComparisonAnswer } from '../../../../http/comparison/schema.ts';
import { groupBy } from '../../../group-by.ts';
import { FIGURE_NEEDS } from '../../../service-rules.ts';

/** The result of an account or of a replay. */
export type Result = ComparisonAnswer['items'][number];

/** Results that may stand in one table: of live accounts, or of replays over one range. */
export interface ResultSource {
  /** In the address: `live`, or the range. */
  readonly key: string;
  /** undefined for live accounts. */
  readonly range: { readonly from: string; readonly to: string; readonly symbol: string } | undefined;
  /** By the id of the package. */
  readonly byPackage: ReadonlyMap<string, Result>;
}

/**
 * Live accounts first, then the ranges of finished replays: those that most packages have first, and of these the longest, so
 * that a short one that finishes later does not take the place.
 */
export function resultSources(items: readonly Result[]): readonly ResultSource[] {
  const live = items.filter(({ kind }) => kind === 'live');
  const groups = groupBy(
    items.filter(({ kind }) => kind === 'replay'),
    rangeKey,
  );
  const replays = [...groups].map(([key, group]) => {
    const { symbol, replay } = group[0]!;
    return { key, range: { from: replay!.from, to: replay!.to, symbol }, byPackage: newestByPackage(group) };
  });
  const length = ({ from, to }: { from: string; to: string }) => Date.parse(to) - Date.parse(from);
  replays.sort(
    (a, b) =>
      b.byPackage.size - a.byPackage.size ||
      length(b.range) - length(a.range) ||
      b.range.to.localeCompare(a.range.to),
  );
  return [{ key: 'live', range: undefined, byPackage: newestByPackage(live) }, ...replays];
}

function rangeKey({ symbol, replay }: Result): string {
  return `${symbol}_${replay!.from.slice(0, 16)}_${replay!.to.slice(0, 16)}`.replaceAll(':', '');
}

/** Of several replays of one package the newest that has no label: the best one must not be chosen. */
function newestByPackage(results: readonly Result[]): ReadonlyMap<string, Result> {
  const order = ({ replay }: Result) => `${replay?.label == null ? 1 : 0} ${replay?.created_at ?? ''}`;
  const sorted = [...results].sort((a, b) => order(a).localeCompare(order(b)));
  return new Map(
    sorted.flatMap((result): [string, Result][] =>
      result.model_package_id === null ? [] : [[result.model_package_id, result]],
    ),
  );
}

/** Live accounts once one of them has the lots that a judgement needs; until then the replays that most packages have. */
export function defaultSource(sources: readonly ResultSource[]): ResultSource {
  const [live, replays] = sources;
  const hasLots = [...live!.byPackage.values()].some(
    ({ performance }) => performance.counts.lots >= FIGURE_NEEDS.lots,
  );
  return hasLots || replays === undefined ? live! : replays;
}

const NO_JUDGEMENT: ReadonlySet<Result['performance']['worth']['code']> = new Set([
  'NEVER_TRADED',
  'IN_SAMPLE',
  'TOO_EARLY',
]);

/** Whether the service judges a record: there is enough of it, and it is not of the range of training (statistics.md#27). */
export function isJudged({ performance }: Result): boolean {
  return !NO_JUDGEMENT.has(performance.worth.code);
}
