import type { ComponentChildren } from 'preact';
import type { AccountAnswer } from '../../../../http/accounts/schema.ts';
import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import type { ReplayAnswer } from '../../../../http/replays/schema.ts';
import { Scroller } from '../../../components/scroller.tsx';
import { count, counted, fixed, leverage, percent, price, usdt } from '../../../format/numbers.ts';
import { duration, HOUR_MS, utcMoment } from '../../../format/time.ts';
import { MAX_EXPOSURE } from '../../../service-rules.ts';

type Rules = Pick<
  ReplayAnswer['settings'],
  'opposite' | 'stop_gap' | 'kill_level' | 'min_confidence' | 'max_positions' | 'time_limit_hours'
>;

interface RulesProps {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[];
}

function RuleList({ title, rows }: RulesProps) {
  return (
    <section class="rules">
      <h3>{title}</h3>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="user-text">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What an order of the newest candle would be, if its direction went beyond the threshold. */
export function IfItTraded({ dashboard }: { readonly dashboard: DashboardAnswer }) {
  const { ml_signal: signal, rules } = dashboard;
  if (signal === null) return null;
  const { diagnostics: one, action_raw, current_price: at } = signal;
  const { atr_14: atr } = one;
  if (atr === null) return null;
  const sign = (action_raw[0] ?? 0) < 0 ? -1 : 1;
  return (
    <RuleList
      title={`If it went ${sign < 0 ? 'short' : 'long'} now`}
      rows={[
        ['Leverage', leverage(one.leverage)],
        ['Size', `${percent(one.size_pct * 100, 0)} of the margin that is left`],
        ['Stop', `${price(at - sign * one.stop_atr_multiple * atr)}, ${fixed(one.stop_atr_multiple)} ATR`],
        [
          'Target',
          `${price(at + sign * one.target_atr_multiple * atr)}, ${fixed(one.target_atr_multiple)} ATR`,
        ],
        [
          'Direction needed',
          sign < 0 ? `below −${rules.direction_threshold}` : `above ${rules.direction_threshold}`,
        ],
      ]}
    />
  );
}

/** The rules that a live account trades by. */
export function AccountRules({ account }: { readonly account: AccountAnswer }) {
  return (
    <RuleList
      title="Rules of this account"
      rows={ruleRows({ ...account, ...account.settings }, account.max_hold_steps)}
    />
  );
}

function ruleRows(rules: Rules, maxHoldSteps: number): RulesProps['rows'] {
  return [
    ['Lots at most', `${count(rules.max_positions)}, all on one side`],
    ['Margin at most', `${percent(MAX_EXPOSURE * 100, 0)} of the equity`],
    ['Opposite signal', rules.opposite === 'flip' ? 'turns the position' : 'is ignored'],
    ['Stop in a gap', rules.stop_gap === 'open' ? 'fills at the open' : 'fills at the stop'],
    ['Longest hold', counted(maxHoldSteps, 'candle')],
    ['Longest hold by hand', duration(rules.time_limit_hours * HOUR_MS)],
    ['Confidence of external signals', `${count(rules.min_confidence)} or more`],
    ['Killed below', `${percent(rules.kill_level * 100, 0)} of the start`],
  ];
}

/** What a replay replays, and its rules. */
export function ReplayRules({ replay }: { readonly replay: ReplayAnswer }) {
  const { settings, decided_candles: decided, progress, forecasts, quarters_incomplete: incomplete } = replay;
  return (
    <Scroller class="records" label="Rules of the replay">
      <p class="records-none">A replay is not traded by hand.</p>
      <RuleList
        title="This replay"
        rows={[
          ['Package', replay.model_package_id],
          ['Symbol', `${replay.symbol}, ${replay.market_source} market`],
          ['Range, UTC', `${utcMoment(replay.from)} to ${utcMoment(replay.to)}`],
          ['Begins with', `${usdt(replay.initial_balance)} USDT`],
          ['Decided candles', decided === null ? 'all' : count(decided)],
          ['Incomplete candles', `${count(incomplete)} of ${count(progress.done)}`],
          ['Forecasts', `${count(forecasts.computed)} computed, ${count(forecasts.known)} known before`],
        ]}
      />
      <RuleList title="Its rules" rows={ruleRows(settings, replay.max_hold_steps)} />
    </Scroller>
  );
}
