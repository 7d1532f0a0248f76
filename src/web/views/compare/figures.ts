import { missingEvidence } from '../../format/missing-evidence.ts';
import {
  count,
  counted,
  fixed,
  oneDecimal,
  percent,
  signed,
  signedPercent,
  usdt,
} from '../../format/numbers.ts';
import { partlyDecided } from '../../format/partly-decided.ts';
import { triedCount, weeksText } from '../../format/trials.ts';
import type { ComparedAccount, Tally } from './compared-account.ts';

/** A figure of one account, or what is missing for it. */
export interface Cell {
  readonly text: string;
  /** Smaller, beside the figure: its interval, or what it rests on. */
  readonly detail?: string | undefined;
  readonly isMissing?: boolean;
  /** Of a gain or a loss; other figures have no color. */
  readonly gain?: number;
}

/** A line of the results side by side. */
export interface Figure {
  readonly label: string;
  readonly of: (account: ComparedAccount) => Cell;
}

type Performance = ComparedAccount['performance'];

/** The results side by side, facts first (statistics.md#12). */
export const FIGURES: readonly Figure[] = [
  {
    label: 'Return',
    of: ({ performance: { total_return_pct: value, intervals } }) => ({
      text: signedPercent(value),
      gain: value,
      detail: range(intervals.total_return_pct, (one) => signed(one, oneDecimal)),
    }),
  },
  {
    label: 'Ahead of holding',
    of: ({ performance: { total_return_pct, buy_and_hold_pct: held } }) =>
      held === null
        ? missing('price unknown')
        : {
            text: `${signed(total_return_pct - held, fixed)} points`,
            detail: `holding ${signedPercent(held)}`,
          },
  },
  { label: 'Deepest drawdown', of: ({ performance }) => ({ text: percent(performance.max_drawdown_pct) }) },
  {
    label: 'Closed lots',
    of: ({ performance: { counts } }) => ({
      text: count(counts.lots),
      detail: counts.lots === 0 ? undefined : `in ${counted(counts.positions_with_closed_lots, 'position')}`,
    }),
  },
  {
    label: 'Won',
    of: judged('win_rate', ({ win_rate: won, win_rate_interval_pct: interval }) => ({
      text: percent(won, 0),
      detail: range(interval, (one) => count(one)),
    })),
  },
  { label: 'Profit factor', of: judged('profit_factor', (one) => ratio(one, one.profit_factor)) },
  {
    label: 'Fees and funding, USDT',
    of: ({ performance: { total_fees_paid, funding_paid } }) => ({
      text: usdt(total_fees_paid + funding_paid),
    }),
  },
  {
    label: 'Sharpe ratio',
    of: judged('sharpe', (one) => ({
      ...ratio(one, one.sharpe),
      detail: joined(range(one.intervals.sharpe, oneDecimal), partlyDecided(one)),
    })),
  },
  { label: 'Sortino ratio', of: judged('sortino', (one) => ratio(one, one.sortino)) },
  {
    label: 'Beats luck (deflated Sharpe)',
    of: judged('deflated_sharpe', ({ deflated_sharpe: probability, trials }) => ({
      text: percent(probability === null ? null : probability * 100, 1),
      detail: `against ${counted(triedCount(trials), 'trial')}`,
    })),
  },
  {
    label: 'Weeks until that is told',
    of: ({ performance }) => {
      const why = missingEvidence('deflated_sharpe', performance);
      return why === null ? weeksCell(performance.trials.weeks_to_tell) : missing(why);
    },
  },
  { label: 'Coverage in line', of: ({ inLine }) => horizonsCell(inLine) },
  { label: 'Better than the past', of: ({ better }) => horizonsCell(better) },
  {
    label: 'Rank',
    of: ({ rank, performance }) =>
      rank === null
        ? missing(missingEvidence('rank', performance) ?? 'none among one')
        : { text: count(rank) },
  },
];

function judged(field: string, read: (performance: Performance) => Cell): Figure['of'] {
  return ({ performance }) => {
    const why = missingEvidence(field, performance);
    return why === null ? read(performance) : missing(why);
  };
}

function ratio(performance: Performance, value: number | null): Cell {
  return { text: fixed(value), detail: partlyDecided(performance) ?? undefined };
}

function weeksCell(weeks: number | null): Cell {
  if (weeks === null) return { text: 'never at this pace' };
  return { text: weeksText(weeks, count) };
}

function horizonsCell({ count: number, of }: Tally): Cell {
  return of === 0
    ? missing('too few independent forecasts')
    : { text: `${number} of ${counted(of, 'horizon')}` };
}

function missing(text: string): Cell {
  return { text, isMissing: true };
}

function range(
  interval: readonly [number, number] | null | undefined,
  format: (end: number) => string,
): string | undefined {
  return interval == null ? undefined : `${format(interval[0])} to ${format(interval[1])}`;
}

function joined(...parts: readonly (string | null | undefined)[]): string | undefined {
  return parts.filter(Boolean).join(', ') || undefined;
}
