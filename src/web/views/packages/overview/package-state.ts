import type { ModelPackageAnswer } from '../../../../http/packages/schema.ts';
import type { SystemAnswer } from '../../../../http/system/schema.ts';
import { counted } from '../../../format/numbers.ts';

/** The account of a package, as the state of the service has it. */
export type AccountState = SystemAnswer['accounts'][number];

export type StateKind = 'trading' | 'ready' | 'warming' | 'trouble' | 'paused' | 'killed' | 'archived';

/** What a package does now. */
export interface PackageState {
  readonly kind: StateKind;
  readonly label: string;
  /** How it does that, or why not. */
  readonly detail: string;
  /** When it last did; the page adds how long ago that is. */
  readonly at?: string | null;
  /** What is doubtful about the package or its market, in a few words. */
  readonly doubt: string | null;
}

/** What a package does now: what stops it comes before what it could do. */
export function stateOf(one: ModelPackageAnswer, account: AccountState | undefined): PackageState {
  const doubt = doubtOf(one);
  const stopped = stoppedState(one, account);
  if (stopped !== undefined) return { ...stopped, doubt };
  const { auto_trading: trading } = one;
  if (one.auto_trade) {
    const isStuck = trading !== null && trading.problem !== null;
    return isStuck
      ? { kind: 'trouble', label: 'Not deciding', detail: trading.problem!, at: trading.problem_since, doubt }
      : { kind: 'trading', label: 'Trading', detail: 'by the service', doubt };
  }
  if (account?.loop === 'polling') return { kind: 'trading', label: 'Trading', detail: 'by a loop', doubt };
  if (account?.loop === 'silent')
    return { kind: 'trouble', label: 'Loop silent', detail: 'last poll', at: account.last_poll_at, doubt };
  const detail = one.proof === null ? 'uploaded' : 'proven, uploaded';
  return { kind: 'ready', label: 'Ready', detail, at: one.created_at, doubt };
}

function stoppedState(
  { status, warmup_status, warmup_error }: ModelPackageAnswer,
  account: AccountState | undefined,
): Omit<PackageState, 'doubt'> | undefined {
  if (status === 'ARCHIVED') return { kind: 'archived', label: 'Archived', detail: 'takes no new decisions' };
  if (warmup_status === 'ERROR')
    return { kind: 'trouble', label: 'Warm-up failed', detail: warmup_error ?? 'without a reason' };
  if (warmup_status !== 'DONE') {
    const detail = warmup_status === 'RUNNING' ? 'one decision on real candles' : 'waits for its turn';
    return { kind: 'warming', label: 'Warming up', detail };
  }
  if (account?.status === 'KILLED')
    return {
      kind: 'killed',
      label: 'Killed',
      detail: 'equity fell below the kill level; reset it on its desk',
    };
  if (account?.status === 'PAUSED') return { kind: 'paused', label: 'Paused', detail: 'exits still work' };
  return undefined;
}

function doubtOf({ drift, warnings }: ModelPackageAnswer): string | null {
  const doubts = [
    ...(drift === null ? [] : [`${counted(drift.features.length, 'feature')} on alert`]),
    ...(warnings.length === 0 ? [] : [counted(warnings.length, 'warning')]),
  ];
  return doubts.length === 0 ? null : doubts.join(', ');
}
