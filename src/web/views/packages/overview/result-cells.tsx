import { coverageVerdictText } from '../../../format/forecast-verdicts.ts';
import { missingEvidence } from '../../../format/missing-evidence.ts';
import {
  count,
  counted,
  fixed,
  oneDecimal,
  percent,
  signed,
  signedPercent,
} from '../../../format/numbers.ts';
import { aheadOfHolding } from './package-rows.ts';
import type { Result } from './results.ts';

interface ResultCellProps {
  readonly result: Result;
}

const tone = (value: number | null) => (value === null || value === 0 ? '' : value > 0 ? 'up' : 'down');

/** The return with its 90 % interval, or with what is missing for one. */
export function ReturnCell({ result: { performance } }: ResultCellProps) {
  const { total_return_pct: value, intervals, counts, open_positions_count: open } = performance;
  if (counts.lots === 0 && open === 0) return <span class="muted">{percent(0)}</span>;
  const interval = intervals.total_return_pct;
  return (
    <>
      <b class={tone(value)}>{signedPercent(value)}</b>
      <small>
        {interval === null
          ? missingEvidence('rank', performance)
          : `${signed(interval[0], oneDecimal)} to ${signed(interval[1], oneDecimal)}`}
      </small>
    </>
  );
}

/** Points ahead of holding. */
export function AheadCell({ result }: ResultCellProps) {
  const ahead = aheadOfHolding(result);
  return ahead === null ? null : <span class={tone(ahead)}>{signed(ahead, fixed)}</span>;
}

/** The deepest drawdown, and the one that stands. */
export function DrawdownCell({ result: { performance } }: ResultCellProps) {
  const { max_drawdown_pct: deepest, drawdown } = performance;
  return (
    <>
      {signedPercent(-deepest)}
      {deepest > 0 && <small>{`now ${signedPercent(-drawdown.current_pct)}`}</small>}
    </>
  );
}

/** Closed lots and the positions that they were, and lots that are open. */
export function LotsCell({ result: { performance } }: ResultCellProps) {
  const { counts, open_positions_count: open } = performance;
  if (counts.lots === 0 && open === 0) return <span class="muted">0, never traded</span>;
  const openText = open === 0 ? '' : `, ${count(open)} open`;
  return (
    <>
      {count(counts.lots)}
      <small>{`in ${counted(counts.positions_with_closed_lots, 'position')}${openText}`}</small>
    </>
  );
}

/** Coverage is compared at this horizon, because packages have different ones. */
const HORIZON_HOURS = 24;

/** The share of outcomes inside the forecast band after a day, or the horizon next to it. */
export function CoverageCell({ result: { performance } }: ResultCellProps) {
  const horizons = performance.forecast_quality?.horizons ?? [];
  const distance = (hours: number) => Math.abs(hours - HORIZON_HOURS);
  const [nearest] = [...horizons].sort((a, b) => distance(a.horizon_hours) - distance(b.horizon_hours));
  if (nearest === undefined) return null;
  const { coverage_pct, coverage_verdict, horizon_hours } = nearest;
  const isOff = coverage_verdict === 'TOO_NARROW' || coverage_verdict === 'TOO_WIDE';
  return (
    <span title={`after ${horizon_hours} h: ${coverageVerdictText(nearest)}`}>
      {coverage_pct !== null && <span class={isOff ? 'doubtful' : ''}>{percent(coverage_pct, 0)}</span>}
      <small>{coverage_pct === null ? coverageVerdictText(nearest) : `after ${horizon_hours} h`}</small>
    </span>
  );
}
