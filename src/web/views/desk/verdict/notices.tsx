import type { AccountAnswer } from '../../../../http/accounts/schema.ts';
import type { PackageDriftAnswer } from '../../../../http/packages/drift-schema.ts';
import type { LookAheadAnswer } from '../../../../http/replays/schema.ts';
import { Notice } from '../../../components/messages.tsx';
import { count, percent, significant, usdt } from '../../../format/numbers.ts';
import { utcMoment } from '../../../format/time.ts';
import { packageAddress } from '../../../views.ts';
import type { Run } from '../run.ts';

interface NoticesProps {
  readonly run: Run;
  /** undefined while it is loading, and in a replay. */
  readonly account: AccountAnswer | undefined;
  readonly drift: PackageDriftAnswer | undefined;
}

/** What stands above the verdict and does not replace it. */
export function Notices({ run, account, drift }: NoticesProps) {
  const { performance, replay } = run;
  const lookAhead = replay?.result?.look_ahead;
  return (
    <div class="desk-notices">
      {account?.status === 'KILLED' && <Killed account={account} />}
      {replay?.error != null && (
        <Notice tone="bad">
          {replay.error.detail} <code>{replay.error.code}</code>
        </Notice>
      )}
      {lookAhead != null && lookAhead.first_difference !== null && <LookAhead lookAhead={lookAhead} />}
      {performance?.withheld.rank === 'IN_SAMPLE' && performance.worth.code !== 'IN_SAMPLE' && (
        <Notice tone="warn">
          In sample: the range of this replay touches that of the training. What it shows is no evidence.
        </Notice>
      )}
      {performance?.partly_decided === true && (
        <Notice tone="warn">
          Only {percent(performance.decided_pct, 1)} of the candles were decided on: this is also the result
          of the gaps.
        </Notice>
      )}
      {drift?.alerts.map(({ kind, sentences }) => (
        <Notice key={kind} tone="warn">
          {sentences[0]} {sentences.length > 1 && `So have ${count(sentences.length - 1)} more. `}
          <a href={packageAddress(drift.package)}>Features</a>
        </Notice>
      ))}
    </div>
  );
}

function Killed({ account }: { readonly account: AccountAnswer }) {
  const { settings, initial_balance, total_equity } = account;
  return (
    <Notice tone="bad">
      The kill switch stopped this account at {usdt(total_equity)} USDT: its equity fell below{' '}
      {percent(settings.kill_level * 100, 0)} of the initial {usdt(initial_balance)}. All lots are closed;
      reset the account to trade again.
    </Notice>
  );
}

function LookAhead({ lookAhead }: { readonly lookAhead: LookAheadAnswer }) {
  const { candles_checked: checked, candles_equal: equal, first_difference: first } = lookAhead;
  if (first === null) return null;
  return (
    <Notice tone="bad">
      Do not rely on this replay: {count(checked - equal)} of {count(checked)} decisions depend on later
      candles, first that of {utcMoment(first.candle)} UTC in <code>{first.quantity}</code>:{' '}
      {valueText(first.alone)} alone, {valueText(first.in_replay)} here.
    </Notice>
  );
}

function valueText(value: number | string | null): string {
  if (value === null) return 'nothing';
  return typeof value === 'number' ? significant(value, 8) : value;
}
