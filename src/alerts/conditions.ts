import type { StoredAccount } from '../accounts/account-repository.ts';
import type { SymbolStatus } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { NewAlert, StoredAlert } from './alert.ts';
import { isLoop, longestSilence } from './poll-run.ts';
import type { WatchedPolls } from './poll-watch.ts';

type Newest = Pick<StoredAlert, 'id' | 'kind'> | undefined;

/** What is looked at of a symbol's candles. */
export type CandleState = Pick<SymbolStatus, 'symbol' | 'newestCloseTime' | 'stale' | 'lastError'>;

/** Something that may be wrong, as it is now. */
export interface Condition {
  readonly subject: string;
  /** null where that cannot be told now: then all stays as it was told last. */
  readonly holds: boolean | null;
  /** Tells that it began. */
  readonly opening: NewAlert;
  /** Whether the newest alert of the subject has told of this very episode. */
  isTold(newest: Newest): boolean;
  /** Tells that the episode that `newest` told of is over; null where that is not told. */
  closing(newest: NonNullable<Newest>): NewAlert | null;
}

/** The kill switch stopped an account; once in an epoch. */
export function killedCondition({ account, symbol }: StoredAccount): Condition {
  const { id, epoch, wallet, initialBalance, settings } = account;
  const level = settings.killLevel * 100;
  const opening: NewAlert = {
    id: `account_killed.${id}.${epoch}`,
    kind: 'ACCOUNT_KILLED',
    subject: `account:${id}`,
    text:
      `The kill switch stopped ${id}: its equity fell below ${level} % of ${initialBalance} USDT. ` +
      `All lots are closed and ${wallet.toFixed(2)} USDT are left; reset the account to trade again.`,
    details: { model_id: id, symbol, epoch, wallet_usdt: wallet, initial_balance: initialBalance },
  };
  return {
    subject: opening.subject,
    holds: account.status === 'KILLED' ? true : null,
    opening,
    isTold: (newest) => newest?.id === opening.id,
    closing: () => null,
  };
}

/** The market does not bring candles; `settled` is whether it has had time to come back by itself. */
export function staleCondition(status: CandleState, settled: boolean): Condition {
  const { symbol, newestCloseTime, stale, lastError } = status;
  const since = newestCloseTime === null ? null : new Date(newestCloseTime).toISOString();
  const subject = `market:${symbol}`;
  const details = { symbol, newest_candle_closed_at: since, last_error: lastError };
  return {
    subject,
    holds: stale && !settled ? null : stale,
    opening: {
      id: `market_stale.${symbol}.${newestCloseTime ?? 'never'}`,
      kind: 'MARKET_STALE',
      subject,
      text:
        `${since === null ? `There are no candles of ${symbol}` : `The newest candle of ${symbol} closed at ${since}`}: ` +
        `nothing is opened until newer ones come.${lastError === null ? '' : ` ${lastError}`}`,
      details,
    },
    isTold: (newest) => newest?.kind === 'MARKET_STALE',
    closing: ({ id, kind }) =>
      kind !== 'MARKET_STALE'
        ? null
        : {
            id: `${id}.over`,
            kind: 'MARKET_RECOVERED',
            subject,
            text: `Candles of ${symbol} come again; the newest closed at ${since}.`,
            details,
          },
  };
}

/** A package cannot be used; until it is DONE, however often that is tried, this is one episode. */
export function warmUpCondition(model: ModelPackage): Condition {
  const { id, createdAt, warmUpStatus, warmUpCompletedAt, warmUpError } = model;
  const subject = `package:${id}`;
  const details = { package: id, warmup_error: warmUpError ?? null };
  const opening: NewAlert = {
    id: `warmup_error.${id}.${createdAt}.${warmUpCompletedAt ?? 0}`,
    kind: 'WARMUP_ERROR',
    subject,
    text: `The warm-up of ${id} failed, so nothing is traded with it: ${warmUpError ?? 'the log has why.'}`,
    details,
  };
  return {
    subject,
    holds: warmUpStatus === 'ERROR' ? true : warmUpStatus === 'DONE' ? false : null,
    opening,
    isTold: (newest) => newest?.id === opening.id,
    closing: (newest) =>
      newest.kind !== 'WARMUP_ERROR'
        ? null
        : {
            id: `${newest.id}.over`,
            kind: 'WARMUP_RECOVERED',
            subject,
            text: `${id} is warmed up and can be used.`,
            details,
          },
  };
}

/** An account that trades was polled regularly and is not any more. */
export function silentCondition({ account, symbol }: StoredAccount, watched: WatchedPolls): Condition {
  const { id, status } = account;
  const { run, silentMs, seen } = watched;
  const subject = `loop:${id}`;
  const isSilent = isLoop(run) && silentMs > longestSilence(run);
  const last = new Date(run.lastPollAt).toISOString();
  const details = {
    model_id: id,
    symbol,
    last_poll_at: last,
    usual_interval_seconds: Math.round(run.intervalMs / 1000),
  };
  return {
    subject,
    holds: status !== 'ACTIVE' ? null : isSilent ? true : seen ? false : null,
    opening: {
      id: `loop_silent.${id}.${run.lastPollAt}`,
      kind: 'LOOP_SILENT',
      subject,
      text:
        `Nobody has polled ${id} since ${last}; until then it was every ${details.usual_interval_seconds} s. ` +
        'Without polls nothing is decided; exits go on. Is the loop running?',
      details,
    },
    isTold: (newest) => newest?.kind === 'LOOP_SILENT',
    closing: ({ id: told, kind }) =>
      kind !== 'LOOP_SILENT'
        ? null
        : {
            id: `${told}.over`,
            kind: 'LOOP_RECOVERED',
            subject,
            text: `${id} is polled again.`,
            details,
          },
  };
}
