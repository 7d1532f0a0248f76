import { counted, percent, signedPercent } from '../../../format/numbers.ts';
import { dayRange } from '../../../format/time.ts';
import type { PackageRow } from './package-rows.ts';
import { isJudged, type Result, type ResultSource } from './results.ts';

const WORDS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function inWords(value: number): string {
  return WORDS[value] ?? counted(value, '').trim();
}

/**
 * Whether any package is worth something, in a sentence. A package has earned something where it can be judged and the
 * whole 90 % interval of its return lies above 0 (statistics.md#12).
 */
export function headlineOf(rows: readonly PackageRow[]): string {
  const active = rows.filter(({ state }) => state.kind !== 'archived');
  if (active.length === 0) return 'No package yet: drop a forecaster and a policy here';
  const results = active.flatMap(({ result }) => result ?? []);
  const judged = results.filter(isJudged);
  const earning = active.filter(({ result }) => result !== undefined && hasEarned(result));
  if (earning.length > 0) return earningSentence(earning, active.length);
  if (!results.some(hasTraded)) return 'No package has traded yet';
  const isAnyAhead = results.some(({ performance }) => performance.total_return_pct > 0);
  const begin = isAnyAhead ? 'No package is proven to earn yet' : 'No package has earned anything yet';
  return `${begin}; ${judgedPart(judged.length, active.length)}`;
}

function hasTraded({ performance: { counts, open_positions_count } }: Result): boolean {
  return counts.lots > 0 || open_positions_count > 0;
}

function hasEarned(result: Result): boolean {
  const [lowest] = result.performance.intervals.total_return_pct ?? [];
  return isJudged(result) && lowest !== undefined && lowest > 0;
}

function judgedPart(judged: number, of: number): string {
  if (of === 1)
    return judged === 1 ? 'it has traded enough to be judged' : 'it has not traded enough to be judged';
  return `${inWords(judged)} of ${inWords(of)} ${judged > 1 ? 'have' : 'has'} traded enough to be judged`;
}

function earningSentence(earning: readonly PackageRow[], of: number): string {
  const [first] = earning;
  if (earning.length > 1) {
    const number = inWords(earning.length);
    return `${number.charAt(0).toUpperCase()}${number.slice(1)} of ${inWords(of)} packages made money`;
  }
  const { counts, total_return_pct } = first!.result!.performance;
  return `${first!.one.name} made money: ${signedPercent(total_return_pct)} in ${counted(counts.days, 'day')}`;
}

/** What the results are of, and what has to be known to read them; undefined where there are none. */
export function sourceSentence({ range, byPackage }: ResultSource): string | undefined {
  const [first] = byPackage.values();
  if (first === undefined) return undefined;
  if (range === undefined) return 'Live accounts, each since its own start.';
  const { initial_balance, buy_and_hold_pct: holding } = first.performance;
  const begin = `The same range for all: replay of ${dayRange(range.from, range.to)}`;
  const balances = new Set([...byPackage.values()].map(({ performance }) => performance.initial_balance));
  const amount = balances.size === 1 ? `, ${counted(initial_balance, 'USDT', 'USDT')}` : '';
  if (holding === null) return `${begin}${amount}.`;
  return `${begin}${amount}. Holding ${range.symbol} ${holding < 0 ? 'lost' : 'made'} ${percent(Math.abs(holding))}.`;
}

/** That the best of several looks better than it is; undefined where nothing looks good. */
export function selectionSentence(rows: readonly PackageRow[]): string | undefined {
  const tried = rows.filter(({ result }) => result !== undefined);
  if (tried.length < 2 || !tried.some(({ result }) => hasEarned(result!))) return undefined;
  return `${counted(tried.length, 'package')} were tried, and the best of several looks better than it is.`;
}
