import type { ComponentChildren } from 'preact';
import type { PerformanceAnswer } from '../../../http/performance/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Panel } from '../../components/panel.tsx';
import { GainLoss } from '../../components/values.tsx';
import { missingEvidence } from '../../format/missing-evidence.ts';
import { count, fixed, NO_VALUE, percent, signed, usdt } from '../../format/numbers.ts';
import { partlyDecided } from '../../format/partly-decided.ts';
import { CLOSE_LABELS } from './labels.ts';
import { SmallTable } from './small-table.tsx';

type Performance = Omit<PerformanceAnswer, 'forecast_quality'>;

/** The statistics of an account, with their 90 % intervals. */
export function StatisticsPanel({ performance: one }: { readonly performance: Performance }) {
  const { intervals } = one;
  const decided = partlyDecided(one);
  /** A ratio with what has to be said beside it. */
  const ratio = (field: string, text: ComponentChildren) =>
    figure(
      field,
      <>
        {text}
        {decided !== null && <span class="muted small second-line">{decided}</span>}
      </>,
    );
  /** A figure, or what it still needs. */
  const figure = (field: string, text: ComponentChildren) => {
    const missing = missingEvidence(field, one);
    return missing === null ? text : <span class="muted">{missing}</span>;
  };
  return (
    <Panel title="Statistics" beside={<NoRank performance={one} />}>
      <div class="statistics">
        <dl>
          <Row
            name="Return"
            value={<GainLoss value={one.total_return_pct} format={percent} />}
            interval={intervals.total_return_pct}
            formatBound={(value) => percent(value, 1)}
          />
          <Row name="Buy and hold" value={<GainLoss value={one.buy_and_hold_pct} format={percent} />} />
          <Row name="Max drawdown" value={percent(one.max_drawdown_pct)} />
          <Row name="Sharpe" value={ratio('sharpe', fixed(one.sharpe))} interval={intervals.sharpe} />
          <Row name="Sortino" value={ratio('sortino', fixed(one.sortino))} interval={intervals.sortino} />
          <Row name="Deflated Sharpe" value={ratio('deflated_sharpe', <Deflated performance={one} />)} />
          <Row name="Trades" value={<TradeCounts performance={one} />} />
          <Row name="Win rate" value={figure('win_rate', percent(one.win_rate, 1))} />
          <Row name="Profit factor" value={ratio('profit_factor', fixed(one.profit_factor))} />
          <Row name="Average win" value={figure('avg_win_usdt', amount(one.avg_win_usdt))} />
          <Row name="Average loss" value={figure('avg_loss_usdt', amount(one.avg_loss_usdt))} />
          <Row name="Time in market" value={percent(one.exposure_time_pct, 1)} />
          <Row name="Trades per week" value={figure('trades_per_week', fixed(one.trades_per_week, 1))} />
          <Row name="Fees paid" value={amount(one.total_fees_paid)} />
          <Row name="Funding paid" value={amount(one.funding_paid)} />
        </dl>
        <Exits byReason={one.by_exit_reason} />
      </div>
    </Panel>
  );
}

/** Why the account has no rank. */
function NoRank({ performance: one }: { readonly performance: Performance }) {
  const missing = missingEvidence('rank', one);
  if (missing === null) return null;
  return (
    <Badge tone="warn" detail="What ratios, intervals and a rank need, and how much of it is there.">
      {one.too_early ? `Too early: ${missing}` : missing}
    </Badge>
  );
}

/** The probability of skill beside everything that was tried. */
function Deflated({
  performance: { deflated_sharpe: probability, trials },
}: {
  readonly performance: Performance;
}) {
  const { counted, declared } = trials;
  return (
    <>
      {percent(probability === null ? null : probability * 100, 1)}
      <span class="muted small second-line">
        {`${counted + (declared ?? 0) === 1 ? 'the only one' : `one of ${count(counted + (declared ?? 0))}`} tried`}
        {declared === null && '; those tried before the upload are not counted'}
      </span>
    </>
  );
}

function TradeCounts({ performance: one }: { readonly performance: Performance }) {
  return (
    <>
      {count(one.total_trades)}
      <span class="muted">{` · ${count(one.winning_trades)} won, ${count(one.losing_trades)} lost`}</span>
    </>
  );
}

function amount(value: number | null): ComponentChildren {
  if (value === null) return NO_VALUE;
  return (
    <>
      {usdt(value)} <span class="muted">USDT</span>
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: ComponentChildren;
  /** The 90 % interval. */
  readonly interval?: readonly [number, number] | null;
  readonly formatBound?: (value: number) => string;
}

const oneDecimal = (value: number) => fixed(value, 1);

function Row({ name, value, interval = null, formatBound = oneDecimal }: RowProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {interval !== null && (
          <span class="muted small second-line" title="90 % interval, from a bootstrap of whole days">
            90 %: {formatBound(interval[0])} … {formatBound(interval[1])}
          </span>
        )}
      </dd>
    </div>
  );
}

function Exits({ byReason }: { readonly byReason: Performance['by_exit_reason'] }) {
  const rows = Object.entries(byReason).sort(([, a], [, b]) => b.trades - a.trades);
  if (rows.length === 0) return null;
  return (
    <SmallTable
      columns={['Exit', 'Trades', 'Won', 'PnL, USDT']}
      rows={rows.map(([reason, { trades, win_rate, pnl_usdt }]) => [
        CLOSE_LABELS[reason as keyof typeof CLOSE_LABELS] ?? reason,
        count(trades),
        percent(win_rate, 0),
        signed(pnl_usdt, usdt),
      ])}
    />
  );
}
