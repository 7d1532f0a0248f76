import type { AttributionAnswer, AttributionSumsAnswer } from '../../../../http/attribution/schema.ts';
import type { LookAheadAnswer } from '../../../../http/replays/schema.ts';
import { slippageOf } from '../../../format/bookkeeping.ts';
import { count, counted, fixed } from '../../../format/numbers.ts';
import { closeLabel } from '../labels.ts';
import type { ForecastQuality, Histogram, PeriodPnl } from '../run.ts';

/** Below this number of lots a group shows money only (statistics.md#63). */
export const FEW_LOTS = 10;
/** Shares of the lots that the headline of the histogram speaks of. */
const HALF = 0.5;

const whole = (value: number) => fixed(Math.abs(value), 0);

/** What costs took of what prices made, in USDT. This is bookkeeping: nothing is said of what would have been. */
export function originHeadline(sums: AttributionSumsAnswer): string {
  const { price_usdt: prices, net_usdt: net } = sums;
  if (prices === null) return `${net < 0 ? 'Lost' : 'Made'} ${whole(net)}; what prices did is not known`;
  const costs = -(slippageOf(sums) + sums.fees_usdt + sums.funding_usdt);
  if (costs < 0)
    return `Prices ${prices < 0 ? 'lost' : 'made'} ${whole(prices)}, funding brought more than costs took`;
  if (net >= 0) return `Prices made ${whole(prices)}, costs took ${whole(costs)} of it`;
  if (prices >= 0) return `Prices made ${whole(prices)}, costs took ${whole(costs)}`;
  return `Costs took ${whole(costs)} of the ${whole(net)} lost`;
}

/** Whether what ended well pays for what ended badly: `18 targets do not pay for 69 stops`. */
export function exitHeadline(byReason: AttributionAnswer['by_reason']): string {
  const closed = Object.entries(byReason).filter(([reason]) => reason !== 'OPEN');
  const lots = closed.reduce((sum, [, group]) => sum + group.lots, 0);
  if (lots === 0) return 'No lot has ended yet';
  if (lots < FEW_LOTS) return `Only ${counted(lots, 'lot')} ended so far: too few to judge by`;
  const sorted = closed.toSorted(([, a], [, b]) => a.net_usdt - b.net_usdt);
  const [worst, best] = [sorted[0]!, sorted.at(-1)!];
  if (best[1].net_usdt <= 0) return 'Every kind of exit lost';
  if (worst[1].net_usdt >= 0) return 'Every kind of exit made money';
  const pays = best[1].net_usdt + worst[1].net_usdt > 0 ? 'pay for' : 'do not pay for';
  return `${exitCount(best)} ${pays} ${exitCount(worst)}`;
}

function exitCount([reason, { lots }]: readonly [string, AttributionSumsAnswer]): string {
  const label = closeLabel(reason).toLowerCase();
  if (reason === 'STOP_LOSS' || reason === 'TAKE_PROFIT' || reason === 'FLIP') return counted(lots, label);
  return `${counted(lots, 'lot')} closed by ${label}`;
}

/** `Losses on 5 days, gains on 2, nothing on 7`. @param period `day` or `week` */
export function periodHeadline(rows: readonly PeriodPnl[], period: 'day' | 'week'): string {
  const losses = rows.filter(({ pnl_usdt }) => pnl_usdt < 0).length;
  const gains = rows.filter(({ pnl_usdt }) => pnl_usdt > 0).length;
  const none = rows.length - losses - gains;
  return `Losses on ${counted(losses, period)}, gains on ${count(gains)}, nothing on ${count(none)}`;
}

/** Where the fewest neighboring bins hold half of the lots, in % of their margin. */
export function histogramHeadline({ width_pct, first_bin, counts }: Histogram): string {
  const lots = counts.reduce((sum, one) => sum + one, 0);
  if (lots < FEW_LOTS) return `Only ${counted(lots, 'lot')} so far: too few to see a shape`;
  const { first, last } = narrowestHalf(counts, lots);
  const [from, to] = [(first_bin + first) * width_pct, (first_bin + last + 1) * width_pct];
  const digits = Number.isInteger(width_pct) ? 0 : 1;
  if (to <= 0)
    return `Half of the lots lose ${fixed(-to, digits)} to ${fixed(-from, digits)} % of their margin`;
  if (from >= 0)
    return `Half of the lots make ${fixed(from, digits)} to ${fixed(to, digits)} % of their margin`;
  return `Half of the lots end between ${fixed(from, digits)} and +${fixed(to, digits)} % of their margin`;
}

function narrowestHalf(counts: readonly number[], lots: number): { first: number; last: number } {
  let best = { first: 0, last: counts.length - 1 };
  let first = 0;
  let held = 0;
  counts.forEach((one, last) => {
    held += one;
    while (held - counts[first]! >= lots * HALF) held -= counts[first++]!;
    if (held >= lots * HALF && last - first < best.last - best.first) best = { first, last };
  });
  return best;
}

const hoursOf = (horizons: ForecastQuality['horizons']) =>
  horizons
    .map(({ horizon_hours }) => fixed(horizon_hours, Number.isInteger(horizon_hours) ? 0 : 2))
    .join(', ');

/** Whether as many prices fell inside the band as should have. */
export function calibrationHeadline({ horizons }: ForecastQuality): string {
  const judged = horizons.filter(({ coverage_verdict }) => coverage_verdict !== 'FEW_INDEPENDENT');
  if (judged.length === 0) return `Cannot be told yet: ${independentOf(horizons, 10)}`;
  const narrow = judged.filter(({ coverage_verdict }) => coverage_verdict === 'TOO_NARROW');
  const wide = judged.filter(({ coverage_verdict }) => coverage_verdict === 'TOO_WIDE');
  if (narrow.length > 0) return `The band is too narrow after ${hoursOf(narrow)} h`;
  if (wide.length > 0) return `The band is too wide after ${hoursOf(wide)} h`;
  return judged.length === horizons.length
    ? 'As many prices inside the band as promised'
    : `As many prices inside the band as promised after ${hoursOf(judged)} h; the rest is too early to tell`;
}

/** Whether the forecasts beat the quantiles of past returns, by the verdicts of the test. */
export function skillHeadline({ horizons }: ForecastQuality): string {
  const of = (verdict: string) => horizons.filter(({ skill_verdict }) => skill_verdict === verdict);
  const [better, worse, equal] = [of('BETTER'), of('WORSE'), of('NO_DIFFERENCE')];
  if (better.length > 0 && worse.length === 0) return `Better than past returns after ${hoursOf(better)} h`;
  if (worse.length > 0 && better.length === 0) return `Worse than past returns after ${hoursOf(worse)} h`;
  if (worse.length > 0)
    return `Better than past returns after ${hoursOf(better)} h, worse after ${hoursOf(worse)} h`;
  if (equal.length > 0) return 'No difference from past returns can be told';
  return `Skill cannot be told yet: ${independentOf(horizons, 20)}`;
}

function independentOf(horizons: ForecastQuality['horizons'], needed: number): string {
  const most = Math.max(0, ...horizons.map(({ independent }) => independent));
  return `${count(most)} of ${needed} independent outcomes`;
}

interface NamedGroup {
  readonly label: string;
  readonly lots: number;
  readonly amount: number;
}

/** What groups of lots say. @param what one of them is: `hour of entry` */
export function groupsHeadline(groups: readonly NamedGroup[], what: string): string {
  const lots = groups.reduce((sum, one) => sum + one.lots, 0);
  if (lots < FEW_LOTS) return `Too few lots to compare by ${what}: ${count(lots)} of ${FEW_LOTS}`;
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) return `All lots have the same ${what}: ${only.label}`;
  if (groups.every(({ amount }) => amount <= 0)) return `No ${what} earned anything`;
  if (groups.every(({ amount }) => amount >= 0)) return `No ${what} lost anything`;
  const worst = groups.reduce((a, b) => (b.amount < a.amount ? b : a));
  return `The ${what} ${worst.label} lost most${worst.lots < FEW_LOTS ? `, but has only ${counted(worst.lots, 'lot')}` : ''}`;
}

/** Whether decisions are the same without what came after them. */
export function lookAheadHeadline({
  candles_checked: checked,
  candles_equal: equal,
}: LookAheadAnswer): string {
  return equal === checked
    ? `All of ${count(checked)} decisions are the same without later candles`
    : `${count(checked - equal)} of ${count(checked)} decisions depend on later candles`;
}
