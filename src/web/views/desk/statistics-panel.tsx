import type { PerformanceAnswer } from '../../../http/accounts/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Change } from '../../components/figures.tsx';
import { Panel } from '../../components/panel.tsx';
import { count, fixed, NOTHING, percent, signed, usdt } from '../../format/numbers.ts';
import { CLOSE_WORDS } from './reasons.ts';

const ENOUGH_TRADES = 30;

type Interval = readonly [number, number] | null;

/** Performance in numbers, with the intervals that say how little they may mean. */
export function StatisticsPanel({ of }: { readonly of: Omit<PerformanceAnswer, 'forecast_quality'> }) {
  const { intervals } = of;
  return (
    <Panel title="Statistics" beside={of.too_early && <TooEarly trades={of.total_trades} />}>
      <div class="statistics">
        <dl>
          <Row name="Return" interval={intervals.total_return_pct} write={(value) => percent(value, 1)}>
            <Change value={of.total_return_pct} format={percent} />
          </Row>
          <Row name="Buy and hold">
            <Change value={of.buy_and_hold_pct} format={percent} />
          </Row>
          <Row name="Max drawdown">{percent(of.max_drawdown_pct)}</Row>
          <Row name="Sharpe" interval={intervals.sharpe} write={(value) => fixed(value, 1)}>
            {fixed(of.sharpe)}
          </Row>
          <Row name="Sortino" interval={intervals.sortino} write={(value) => fixed(value, 1)}>
            {fixed(of.sortino)}
          </Row>
          <Row name="Trades">
            {count(of.total_trades)}
            <span class="soft">
              {' · '}
              {count(of.winning_trades)} won, {count(of.losing_trades)} lost
            </span>
          </Row>
          <Row name="Win rate">{percent(of.win_rate, 1)}</Row>
          <Row name="Profit factor">{fixed(of.profit_factor)}</Row>
          <Row name="Average win">{money(of.avg_win_usdt)}</Row>
          <Row name="Average loss">{money(of.avg_loss_usdt)}</Row>
          <Row name="Time with lots">{percent(of.exposure_time_pct, 1)}</Row>
          <Row name="Trades a week">{fixed(of.trades_per_week, 1)}</Row>
          <Row name="Fees paid">{money(of.total_fees_paid)}</Row>
          <Row name="Funding paid">{money(of.funding_paid)}</Row>
        </dl>
        <ByExit of={of.by_exit_reason} />
      </div>
    </Panel>
  );
}

function TooEarly({ trades }: { readonly trades: number }) {
  return (
    <Badge tone="warn" detail="Fewer closed trades say too little to judge or rank a package by.">
      Too early: {trades} of {ENOUGH_TRADES} trades
    </Badge>
  );
}

function money(value: number | null) {
  return value === null ? (
    NOTHING
  ) : (
    <>
      {usdt(value)} <span class="soft">USDT</span>
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly children: preact.ComponentChildren;
  /** 90 %. */
  readonly interval?: Interval;
  readonly write?: (value: number) => string;
}

function Row({ name, children, interval, write = String }: RowProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {interval !== undefined && interval !== null && (
          <span class="soft small under" title="90 % interval by a block bootstrap of whole days">
            90 %: {write(interval[0])} … {write(interval[1])}
          </span>
        )}
      </dd>
    </div>
  );
}

function ByExit({ of }: { readonly of: PerformanceAnswer['by_exit_reason'] }) {
  const rows = Object.entries(of).sort(([, a], [, b]) => b.trades - a.trades);
  if (rows.length === 0) return null;
  return (
    <table class="by-exit">
      <thead>
        <tr>
          <th scope="col">Exit by</th>
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
            <th scope="row">{CLOSE_WORDS[reason as keyof typeof CLOSE_WORDS] ?? reason}</th>
            <td class="number">{count(trades)}</td>
            <td class="number">{percent(win_rate, 0)}</td>
            <td class="number">{signed(pnl_usdt, usdt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
