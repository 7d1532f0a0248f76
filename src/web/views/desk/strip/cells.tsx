import type { ComponentChildren } from 'preact';
import type { EquityAnswer } from '../../../../http/equity/schema.ts';
import { SparkBars, SparkLine, SparkShare, SparkSpans } from '../../../components/spark.tsx';
import { coverageWords } from '../../../format/forecast-verdicts.ts';
import { missingEvidence } from '../../../format/missing-evidence.ts';
import { count, counted, fixed, percent, signed, usdt } from '../../../format/numbers.ts';
import { duration, HOUR_MS, hours } from '../../../format/time.ts';
import type { ForecastQuality, RunPerformance } from '../run.ts';

type Curve = EquityAnswer['items'];

/** A figure of the strip. */
export interface Cell {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'up' | 'down' | undefined;
  /** Whether `value` says what is missing for a figure. */
  readonly isMissing?: boolean;
  readonly picture?: ComponentChildren;
  readonly detail: string;
}

const timeOf = ({ time }: Curve[number]) => Date.parse(time);
const toneOf = (value: number) => (value > 0 ? 'up' : value < 0 ? 'down' : undefined);

/** The eight figures, in the order in which a reader asks for them. */
export function stripCells(
  one: RunPerformance,
  quality: ForecastQuality | null | undefined,
  curve: Curve,
): readonly Cell[] {
  return [
    {
      name: 'Equity, USDT',
      value: usdt(one.total_equity),
      picture: <SparkLine points={curve.map((point) => [timeOf(point), point.total_equity])} />,
      detail: `from ${usdt(one.initial_balance)}`,
    },
    againstHolding(one, curve),
    {
      name: 'Deepest drawdown',
      value: percent(-one.max_drawdown_pct),
      tone: one.max_drawdown_pct > 0 ? 'down' : undefined,
      picture: (
        <SparkLine points={curve.map((point) => [timeOf(point), -point.drawdown_pct])} base={0} isArea />
      ),
      detail:
        one.max_drawdown_pct === 0 ? 'never below its peak' : `now ${percent(-one.drawdown.current_pct)}`,
    },
    lotsWon(one),
    {
      name: 'Lots',
      value: count(one.total_trades),
      picture: <SparkBars values={curve.map(({ open_positions_count }) => open_positions_count)} />,
      detail:
        one.counts.positions === 0
          ? 'no position yet'
          : one.total_trades === 0
            ? 'closed yet'
            : `closed, in ${counted(one.counts.positions_with_closed_lots, 'position')}`,
    },
    {
      name: 'In the market',
      value: one.exposure_time_pct === null ? 'not yet' : percent(one.exposure_time_pct, 0),
      isMissing: one.exposure_time_pct === null,
      picture: curve.length > 1 && (
        <SparkSpans spans={openSpans(curve)} from={timeOf(curve[0]!)} to={timeOf(curve.at(-1)!)} />
      ),
      detail: spanText(one.counts.span_days),
    },
    insideBand(quality),
    costs(one),
  ];
}

function spanText(days: number): string {
  const time = Math.round(days * 24) * HOUR_MS;
  return time === 0 ? 'in its first hour' : `of ${duration(time)}`;
}

function againstHolding(one: RunPerformance, curve: Curve): Cell {
  const name = 'Against holding';
  if (one.buy_and_hold_pct === null)
    return { name, value: 'not yet', isMissing: true, detail: 'needs a candle of the symbol' };
  const ahead = one.total_return_pct - one.buy_and_hold_pct;
  const first = curve.find(({ price }) => price !== null);
  return {
    name,
    value: signed(ahead, fixed),
    tone: toneOf(ahead),
    picture: first !== undefined && (
      <SparkLine
        points={curve
          .filter(({ price }) => price !== null)
          .map((point) => [
            timeOf(point),
            point.total_equity / first.total_equity - (point.price as number) / (first.price as number),
          ])}
        base={0}
      />
    ),
    detail: `points ${ahead < 0 ? 'behind' : 'ahead of'} ${signed(one.buy_and_hold_pct, percent)}`,
  };
}

function lotsWon(one: RunPerformance): Cell {
  const missing = missingEvidence('win_rate', one);
  const { lots, wins } = one.counts;
  const averages =
    one.avg_win_usdt === null || one.avg_loss_usdt === null
      ? undefined
      : `wins ${usdt(one.avg_win_usdt)}, losses ${usdt(Math.abs(one.avg_loss_usdt))}`;
  return {
    name: 'Lots won',
    value: missing ?? percent(one.win_rate, 0),
    isMissing: missing !== null,
    picture: lots > 0 && <SparkShare share={wins / lots} />,
    detail: missing === null ? (averages ?? `${count(wins)} of ${count(lots)}`) : 'a share needs 10 lots',
  };
}

/** At the longest horizon that can be judged. */
function insideBand(quality: ForecastQuality | null | undefined): Cell {
  const horizons = quality?.horizons ?? [];
  const judged = horizons.filter(({ coverage_pct }) => coverage_pct !== null);
  const shown = judged.at(-1);
  if (shown === undefined) {
    const first = horizons[0];
    return {
      name: 'Inside the band',
      value: first === undefined ? 'not yet' : `${count(first.independent)} of 10`,
      isMissing: true,
      detail: first === undefined ? 'measured after the first forecasts' : 'independent outcomes',
    };
  }
  return {
    name: `Inside the ${percent(shown.nominal_pct, 0)} band`,
    value: percent(shown.coverage_pct, 0),
    picture: (
      <SparkBars values={judged.map((one) => (one.coverage_pct as number) - one.nominal_pct)} tone="model" />
    ),
    detail: `after ${hours(shown.horizon_hours * HOUR_MS)}: ${coverageWords(shown)}`,
  };
}

function costs(one: RunPerformance): Cell {
  const total = one.total_fees_paid + one.funding_paid;
  const result = one.total_return_usdt;
  const detail =
    total <= 0
      ? `funding ${signed(-one.funding_paid, usdt)}`
      : `without them ${signed(result + total, usdt)}`;
  return {
    name: 'Fees and funding',
    value: usdt(total),
    picture: <SparkBars values={[-one.total_fees_paid, -one.funding_paid, result]} isSigned />,
    detail,
  };
}

/** From when to when lots were open, as far as the points tell. */
function openSpans(curve: Curve): (readonly [from: number, to: number])[] {
  const spans: [number, number][] = [];
  curve.forEach((point, index) => {
    if (point.open_positions_count === 0) return;
    const from = index === 0 ? timeOf(point) : timeOf(curve[index - 1]!);
    const last = spans.at(-1);
    if (last !== undefined && last[1] >= from) last[1] = timeOf(point);
    else spans.push([from, timeOf(point)]);
  });
  return spans;
}
