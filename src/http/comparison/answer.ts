import { accountIdOf } from '../../packages/package-id.ts';
import type { Replay, ReplayResults } from '../../replays/replay-job.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import type { ForecastQuality } from '../../statistics/forecast-quality.ts';
import type { Performance } from '../../statistics/performance.ts';
import { rankByReturn } from '../../statistics/rank.ts';
import type { JudgedByTrials } from '../../statistics/trials.ts';
import { answerOfCurrentStats, answerOfRecord } from '../performance/answer.ts';
import { type CurrentStatsAnswer, currentStats, recordPart, trialsPart } from '../performance/schema.ts';
import { answerOfTrials, noRankVerdict } from '../performance/statistics-answer.ts';
import { answerOfLastStats } from '../replays/answer.ts';
import { checkedOnce } from '../shared/checked-once.ts';
import type { ComparisonAnswer } from './schema.ts';

type Item = ComparisonAnswer['items'][number];
type Unranked = Omit<Item, 'rank' | 'verdict'>;

/** A replay with its results, and what is left of them beside everything that was tried. */
export interface FinishedReplay {
  readonly replay: Replay;
  readonly results: ReplayResults;
  readonly judged: JudgedByTrials;
}

export function rankAccounts(accounts: readonly ComparedAccount[]): Item[] {
  return rank(accounts, ({ performance }) => performance, answerOfLive);
}

/** Replays are ranked among those of the same symbol and range (statistics.md#22). */
export function rankReplays(replays: readonly FinishedReplay[]): Item[] {
  const groups = new Map<string, FinishedReplay[]>();
  for (const finished of replays) {
    const { symbol, from, to } = finished.replay;
    const key = `${symbol} ${from} ${to}`;
    groups.set(key, [...(groups.get(key) ?? []), finished]);
  }
  return [...groups.values()].flatMap((group) =>
    rank(group, ({ results }) => results.performance, answerOfReplay),
  );
}

/** A rank among one is none. */
const ALONE = 'nothing to rank against';

function rank<T>(
  competitors: readonly T[],
  performanceOf: (competitor: T) => Performance,
  answerOf: (competitor: T) => Unranked,
): Item[] {
  const ranks = rankByReturn(competitors.map(performanceOf));
  const items = competitors.map((competitor, index): Item => {
    const own = ranks[index] ?? null;
    const verdict = noRankVerdict(performanceOf(competitor)) ?? (own === null ? ALONE : `rank ${own}`);
    return { ...answerOf(competitor), rank: own, verdict };
  });
  return items.sort((a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE));
}

const checkTrials = checkedOnce(trialsPart);
/** Has nearly all of the numbers, and stays the same until the record changes. */
const checkRecord = checkedOnce(recordPart);
const checkStats = checkedOnce(currentStats);

/** A hundred performances are some 40 ms to check, so of those that another trial changes only that part is. */
function performanceOf(
  stats: CurrentStatsAnswer,
  judged: JudgedByTrials,
  computed: Performance,
  quality: ForecastQuality | null,
): Item['performance'] {
  return {
    ...checkStats(stats),
    ...checkTrials(answerOfTrials(judged)),
    ...checkRecord(answerOfRecord(computed, quality)),
  };
}

function answerOfLive({ overview, performance, quality, judged }: ComparedAccount): Unranked {
  return {
    kind: 'live',
    replay: null,
    model_id: overview.account.id,
    model_package_id: overview.stored.packageId,
    symbol: overview.stored.symbol,
    status: overview.account.status,
    performance: performanceOf(answerOfCurrentStats(overview), judged, performance, quality),
  };
}

function answerOfReplay({ replay, results, judged }: FinishedReplay): Unranked {
  const { id, label, from, to, marketSource, packageId, symbol, createdAt } = replay;
  return {
    kind: 'replay',
    replay: {
      ...{ id, label, from: isoTime(from), to: isoTime(to) },
      ...{ market_source: marketSource, created_at: isoTime(createdAt) },
    },
    model_id: accountIdOf(packageId),
    model_package_id: packageId,
    symbol,
    status: results.status,
    performance: performanceOf(
      answerOfLastStats(replay, results),
      judged,
      results.performance,
      results.quality,
    ),
  };
}
