import { count, counted, percent } from '../../../format/numbers.ts';
import { capitalized } from '../../../format/text.ts';
import { dayRange } from '../../../format/time.ts';
import type { PackageRow } from './package-rows.ts';
import { isJudged, type Result, type ResultSource } from './results.ts';

const WORDS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function inWords(value: number): string {
  return WORDS[value] ?? count(value);
}

/** Whether any package is worth something, in a sentence: that of the service, or how many it says what of (statistics.md#27). */
export function headlineOf(rows: readonly PackageRow[]): string {
  const active = rows.filter(({ state }) => state.kind !== 'archived');
  if (active.length === 0) return 'No package yet: drop a forecaster and a policy here';
  const results = active.flatMap(({ result }) => result ?? []);
  const [only] = active;
  if (active.length === 1 && only?.result !== undefined) return worthOf(only);
  const earning = active.filter(({ result }) => result !== undefined && hasEarned(result));
  const [first] = earning;
  if (first !== undefined)
    return earning.length === 1 ? worthOf(first) : manyEarn(earning.length, active.length);
  if (!results.some(hasTraded)) return 'No package has traded yet';
  const isAnyAhead = results.some(({ performance }) => performance.total_return_pct > 0);
  const begin = isAnyAhead ? 'No package is proven to earn yet' : 'No package has earned anything yet';
  return `${begin}; ${judgedPart(results.filter(isJudged).length, active.length)}`;
}

/** The verdict of the service, without its full stop. */
function worthOf({ one, result }: PackageRow): string {
  const { sentence } = result!.performance.worth;
  return `${one.name}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
}

function hasTraded({ performance: { counts, open_positions_count } }: Result): boolean {
  return counts.lots > 0 || open_positions_count > 0;
}

function hasEarned({ performance }: Result): boolean {
  return performance.worth.code === 'MAKES_MONEY';
}

function judgedPart(judged: number, of: number): string {
  return `${inWords(judged)} of ${inWords(of)} ${judged > 1 ? 'have' : 'has'} traded enough to be judged`;
}

function manyEarn(earning: number, of: number): string {
  return `${capitalized(inWords(earning))} of ${inWords(of)} packages made money`;
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
