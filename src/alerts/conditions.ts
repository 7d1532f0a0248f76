import type { StoredAccount } from '../accounts/account-repository.ts';
import type { SymbolStatus } from '../market/sync/symbol-status.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { DRIFT_KINDS } from '../statistics/drift-alerts.ts';
import { QUIET_DAYS, QUIET_DAYS_IN_PRICE_UNITS } from '../statistics/drift-state.ts';
import type { PackageDrift } from '../statistics/package-drift.ts';
import { dateOf } from '../statistics/utc-days.ts';
import type { AlertKind, NewAlert, StoredAlert } from './alert.ts';
import { isLoop, silenceLimitMs } from './poll-run.ts';
import type { WatchedPolls } from './poll-watch.ts';

/** What a condition compares itself with: the newest alert of its subject. */
export type NewestAlert = Pick<StoredAlert, 'id' | 'kind'>;

/** The part of a symbol's status that raises alerts. */
export type CandleState = Pick<SymbolStatus, 'symbol' | 'newestCloseTime' | 'stale' | 'lastError'>;

/** The current state of something that can go wrong. */
export interface Condition {
  readonly subject: string;
  /** null if this is unknown: then no alert is raised. */
  readonly isActive: boolean | null;
  /** Raised when the condition begins. */
  readonly alert: NewAlert;
  /** Whether the alert of an episode takes the text and the details of `alert` as they change. */
  readonly isKeptCurrent?: boolean;
  /** Whether the newest alert of the subject is about this same episode. */
  isRaised(newest: NewestAlert | undefined): boolean;
  /** Raised when the episode of `newest` ends; null if its end raises no alert. */
  recovery(newest: NewestAlert): NewAlert | null;
}

/** The recovery of a condition that raises alerts of a kind. */
export function recoveryFrom(kind: AlertKind, recovered: Omit<NewAlert, 'id'>): Condition['recovery'] {
  return (newest) => (newest.kind === kind ? { id: `${newest.id}.over`, ...recovered } : null);
}

/** The kill switch stopped an account; once per epoch. */
export function killedCondition({ account, symbol }: StoredAccount): Condition {
  const { id, epoch, wallet, initialBalance, settings } = account;
  const level = settings.killLevel * 100;
  const alert: NewAlert = {
    id: `account_killed.${id}.${epoch}`,
    kind: 'ACCOUNT_KILLED',
    subject: `account:${id}`,
    text:
      `The kill switch stopped ${id}: its equity fell below ${level} % of ${initialBalance} USDT. ` +
      `All lots are closed and ${wallet.toFixed(2)} USDT are left; reset the account to trade again.`,
    details: { model_id: id, symbol, epoch, wallet_usdt: wallet, initial_balance: initialBalance },
  };
  return {
    subject: alert.subject,
    isActive: account.status === 'KILLED' ? true : null,
    alert,
    isRaised: (newest) => newest?.id === alert.id,
    recovery: () => null,
  };
}

/** No new candles arrive. @param hadTimeToRecover false if the market may still recover by itself */
export function staleCondition(status: CandleState, hadTimeToRecover: boolean): Condition {
  const { symbol, newestCloseTime, stale, lastError } = status;
  const newest = newestCloseTime === null ? null : new Date(newestCloseTime).toISOString();
  const subject = `market:${symbol}`;
  const details = { symbol, newest_candle_closed_at: newest, last_error: lastError };
  return {
    subject,
    isActive: stale && !hadTimeToRecover ? null : stale,
    alert: {
      id: `market_stale.${symbol}.${newestCloseTime ?? 'never'}`,
      kind: 'MARKET_STALE',
      subject,
      text:
        `${newest === null ? `There are no candles of ${symbol}` : `The newest candle of ${symbol} closed at ${newest}`}: ` +
        `no lot is opened until newer candles arrive.${lastError === null ? '' : ` ${lastError}`}`,
      details,
    },
    isRaised: (raised) => raised?.kind === 'MARKET_STALE',
    recovery: recoveryFrom('MARKET_STALE', {
      ...{ kind: 'MARKET_RECOVERED', subject, details },
      text: `Candles of ${symbol} arrive again; the newest closed at ${newest}.`,
    }),
  };
}

/** The warm-up of a package failed. Retries belong to the same episode until one is DONE. */
export function warmUpCondition(model: ModelPackage): Condition {
  const { id, createdAt, warmUpStatus, warmUpCompletedAt, warmUpError } = model;
  const subject = `package:${id}`;
  const details = { package: id, warmup_error: warmUpError ?? null };
  const alert: NewAlert = {
    id: `warmup_error.${id}.${createdAt}.${warmUpCompletedAt ?? 0}`,
    kind: 'WARMUP_ERROR',
    subject,
    text: `The warm-up of ${id} failed, so it cannot trade: ${warmUpError ?? 'the log says why.'}`,
    details,
  };
  return {
    subject,
    isActive: warmUpStatus === 'ERROR' ? true : warmUpStatus === 'DONE' ? false : null,
    alert,
    isRaised: (newest) => newest?.id === alert.id,
    recovery: recoveryFrom('WARMUP_ERROR', {
      ...{ kind: 'WARMUP_RECOVERED', subject, details },
      text: `${id} is warmed up and can be used.`,
    }),
  };
}

/** An active account is no longer polled regularly. */
export function silentCondition({ account, symbol }: StoredAccount, watched: WatchedPolls): Condition {
  const { id, status } = account;
  const { run, silentMs, isPolledSinceStart } = watched;
  const subject = `loop:${id}`;
  const isSilent = isLoop(run) && silentMs > silenceLimitMs(run);
  const last = new Date(run.lastPollAt).toISOString();
  const details = {
    model_id: id,
    symbol,
    last_poll_at: last,
    usual_interval_seconds: Math.round(run.intervalMs / 1000),
  };
  return {
    subject,
    isActive: status !== 'ACTIVE' ? null : isSilent ? true : isPolledSinceStart ? false : null,
    alert: {
      id: `loop_silent.${id}.${run.lastPollAt}`,
      kind: 'LOOP_SILENT',
      subject,
      text:
        `${id} has not been polled since ${last}; before, it was polled every ${details.usual_interval_seconds} s. ` +
        'Without polls no decisions are made; exits continue. Is the loop running?',
      details,
    },
    isRaised: (newest) => newest?.kind === 'LOOP_SILENT',
    recovery: recoveryFrom('LOOP_SILENT', {
      ...{ kind: 'LOOP_RECOVERED', subject, details },
      text: `${id} is polled again.`,
    }),
  };
}

/** More sentences are in the answer about the drift of the package. */
const MAX_SENTENCES = 5;

/** A package reads features outside the range that it was trained on: a condition for each kind of features. */
export function driftConditions(
  { id }: Pick<ModelPackage, 'id'>,
  { day, alerts }: PackageDrift,
): Condition[] {
  const date = dateOf(day);
  return DRIFT_KINDS.map((kind) => {
    const on = alerts.find((alert) => alert.kind === kind);
    const { features = [], sentences = [], state = null } = on ?? {};
    const kindName = kind.replace(' ', '_');
    const subject = `drift:${id}:${kindName}`;
    const details = { package: id, kind, state, features: features.join(', '), day: date };
    const quietDays = kind === 'others' ? QUIET_DAYS : QUIET_DAYS_IN_PRICE_UNITS;
    const more = sentences.length - MAX_SENTENCES;
    const told = sentences.slice(0, MAX_SENTENCES).join(' ');
    return {
      subject,
      isActive: on !== undefined,
      alert: {
        ...{ id: `feature_drift.${id}.${kindName}.${date}`, kind: 'FEATURE_DRIFT', subject, details },
        text: `${id} reads values that it was not trained on: ${told}${more > 0 ? ` And ${more} more.` : ''}`,
      },
      isKeptCurrent: true,
      isRaised: (newest) => newest?.kind === 'FEATURE_DRIFT',
      recovery: recoveryFrom('FEATURE_DRIFT', {
        ...{ kind: 'FEATURE_RECOVERED', subject, details },
        text: `The ${kind === 'others' ? 'features' : 'features in price units'} of ${id} have been close to its training range for ${quietDays} days.`,
      }),
    };
  });
}
