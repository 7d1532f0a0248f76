import type { ComponentChildren } from 'preact';
import type { PerformanceAnswer } from '../../../http/performance/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { GainLoss } from '../../components/gain-loss.tsx';
import { Panel } from '../../components/panel.tsx';
import { count, fixed, NO_VALUE, percent, signed, usdt } from '../../format/numbers.ts';
import { MIN_TRADES_FOR_RANK } from '../../service-rules.ts';
import { CLOSE_LABELS } from './labels.ts';

type Performance = Omit<PerformanceAnswer, 'forecast_quality'>;

/** The statistics of an account, with their 90 % intervals. */
export function StatisticsPanel({ performance: one }: { readonly performance: Performance }) {
  const { intervals } = one;
  return (
    <Panel title="Statistics" beside={one.too_early && <TooEarly trades={one.total_trades} />}>
      <div class="statistics">
        <dl>
          <Row name="Return" interval={intervals.total_return_pct} formatBound={(value) => percent(value, 1)}>
            <GainLoss value={one.total_return_pct} format={percent} />
          </Row>
          <Row name="Buy and hold">
            <GainLoss value={one.buy_and_hold_pct} format={percent} />
          </Row>
          <Row name="Max drawdown">{percent(one.max_drawdown_pct)}</Row>
          <Row name="Sharpe" interval={intervals.sharpe}>
            {fixed(one.sharpe)}
          </Row>
          <Row name="Sortino" interval={intervals.sortino}>
            {fixed(one.sortino)}
          </Row>
          <Row name="Trades">
            {count(one.total_trades)}
            <span class="muted">
              {' · '}
              {count(one.winning_trades)} won, {count(one.losing_trades)} lost
            </span>
          </Row>
          <Row name="Win rate">{percent(one.win_rate, 1)}</Row>
          <Row name="Profit factor">{fixed(one.profit_factor)}</Row>
          <Row name="Average win">{amount(one.avg_win_usdt)}</Row>
          <Row name="Average loss">{amount(one.avg_loss_usdt)}</Row>
          <Row name="Time in market">{percent(one.exposure_time_pct, 1)}</Row>
          <Row name="Trades per week">{fixed(one.trades_per_week, 1)}</Row>
          <Row name="Fees paid">{amount(one.total_fees_paid)}</Row>
          <Row name="Funding paid">{amount(one.funding_paid)}</Row>
        </dl>
        <Exits byReason={one.by_exit_reason} />
      </div>
    </Panel>
  );
}

function TooEarly({ trades }: { readonly trades: number }) {
  return (
    <Badge tone="warn" detail={`A package is ranked from ${MIN_TRADES_FOR_RANK} closed trades on.`}>
      Too early: {trades} of {MIN_TRADES_FOR_RANK} trades
    </Badge>
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
  readonly children: ComponentChildren;
  /** The 90 % interval. */
  readonly interval?: readonly [number, number] | null;
  readonly formatBound?: (value: number) => string;
}

const oneDecimal = (value: number) => fixed(value, 1);

function Row({ name, children, interval = null, formatBound = oneDecimal }: RowProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {interval !== null && (
          <span class="muted small second-line" title="90 % interval, from a block bootstrap of whole days">
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
    <table class="small-table">
      <thead>
        <tr>
          <th scope="col">Exit</th>
          <th scope="col" class="number">
            Trades
          </th>
          <th scope="col" class="number">
            Won
          </th>
          <th scope="col" class="number">
            PnL <span class="unit">USDT</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([reason, { trades, win_rate, pnl_usdt }]) => (
          <tr key={reason}>
            <th scope="row">{CLOSE_LABELS[reason as keyof typeof CLOSE_LABELS] ?? reason}</th>
            <td class="number">{count(trades)}</td>
            <td class="number">{percent(win_rate, 0)}</td>
            <td class="number">{signed(pnl_usdt, usdt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
