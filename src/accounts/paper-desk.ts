import { createHash } from 'node:crypto';
import type { StoreVersion } from '../db/store-version.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import { PaperdeskError } from '../errors.ts';
import { type AccountCurves, createAccountCurves } from '../statistics/account-curves.ts';
import type { Performances } from '../statistics/account-performance.ts';
import { type FreshStart, pause, reset, resume } from '../trading/account-commands.ts';
import { lotId } from '../trading/ledger.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import {
  checkClientPrice,
  closeByHand,
  type ManualMoment,
  type ManualOrder,
  manualLotKey,
  openByHand,
} from '../trading/manual-order.ts';
import { concatOutcomes, type Outcome } from '../trading/outcome.ts';
import type { Signal } from '../trading/take-decision.ts';
import type { PaperMarket } from './account-market.ts';
import type { StoredAccount } from './account-repository.ts';
import { type Accounts, type OwnedAccount, requireSymbol } from './accounts.ts';
import { bringUpToDate, bringUpToNow, unchangedOutcome } from './bring-up-to-date.ts';
import type { HistoryRepository } from './history-repository.ts';
import { type Overview, readOverview } from './overview.ts';
import { type PollParts, pollAccount } from './poll-account.ts';
import type { Polled } from './polled.ts';
import { createRepeatedPolls } from './repeated-polls.ts';
import { createTradeCounts } from './trade-counts.ts';

/** One poll of the loop, or of somebody who brings signals. */
export interface PollRequest {
  readonly modelId: string;
  readonly symbol?: string | undefined;
  /** Checked against our own, and used for nothing. */
  readonly currentPrice?: number | undefined;
  readonly external?: Signal | undefined;
}

/** A manual order; `idempotencyKey` makes it once only. */
export interface ManualOrderRequest extends Omit<ManualOrder, 'key'> {
  readonly idempotencyKey: string;
}

/** Everything that can be done with paper accounts. All times in ms, all money in quote currency. */
export interface PaperDesk {
  readonly accounts: Accounts;
  readonly history: HistoryRepository;
  readonly market: PaperMarket;
  readonly performance: Performances['of'];
  readonly curve: AccountCurves;
  readonly forecasts: Pick<ForecastRepository, 'range'>;
  overview(owned: OwnedAccount): Promise<Overview>;
  /** @throws MODEL_NOT_FOUND, SYMBOL_MISMATCH, PRICE_OFF */
  poll(request: PollRequest): Promise<Polled>;
  /** Listeners are told the id of every account that somebody polls, whatever comes of it. */
  onPoll(listener: (accountId: string) => void): void;
  /** Executes what is closed and stores it; answers the account after it. */
  execute(id: string): Promise<StoredAccount>;
  /** @throws PRICE_OFF, MARKET_UNAVAILABLE */
  checkPrice(symbol: string, price: number): Promise<void>;
  setPaused(id: string, paused: boolean): Promise<StoredAccount>;
  reset(id: string, fresh: FreshStart, hideHistory: boolean): Promise<StoredAccount>;
  open(id: string, order: ManualOrderRequest): Promise<Lot | ClosedLot>;
  close(lotId: string): Promise<ClosedLot>;
}

export interface PaperDeskParts extends PollParts {
  readonly accounts: Accounts;
  readonly rows: HistoryRepository;
  readonly performance: Performances['of'];
  readonly storeVersion: StoreVersion;
  /** Lets others have their turn. */
  readonly pause: () => Promise<unknown>;
}

export function createPaperDesk(parts: PaperDeskParts): PaperDesk {
  const { accounts, rows, market, performance, pause: giveWay, now } = parts;
  const counts = createTradeCounts(rows);
  const repeatedPolls = createRepeatedPolls(parts);
  const pollListeners: ((accountId: string) => void)[] = [];
  const overview = (owned: OwnedAccount) => readOverview({ market, counts, now }, owned);

  /** Trades by hand on an account that has lived until now. */
  async function byHand(
    id: string,
    work: (settled: Outcome, moment: ManualMoment) => Outcome | Promise<Outcome>,
    hideHistory = false,
  ): Promise<{ stored: StoredAccount; result: Outcome }> {
    return accounts.change(id, async (stored) => {
      const { account, symbol } = stored;
      const moment = await market.moment(symbol);
      const { outcome, failure } = await bringUpToNow(account, symbol, market, moment.time);
      if (failure !== null) throw failure;
      const change = concatOutcomes([outcome, await work(outcome, moment)]);
      return { change, hideHistory, result: change };
    });
  }

  async function checkPrice(symbol: string, price: number): Promise<void> {
    checkClientPrice(price, await market.newestClose(symbol));
  }

  return {
    accounts,
    history: rows,
    market,
    performance,
    curve: createAccountCurves({ history: rows, market, pause: giveWay }),
    forecasts: parts.forecasts,
    overview,
    checkPrice,

    async poll({ modelId, symbol, currentPrice, external }) {
      const { state, known: repeated } = await repeatedPolls.look(modelId);
      const { stored: first, model } = repeated?.overview ?? (await accounts.get(modelId));
      for (const listener of pollListeners) listener(first.account.id);
      requireSymbol(first.account.id, first.symbol, symbol);
      if (currentPrice !== undefined)
        await checkPrice(first.symbol, currentPrice).catch((error: unknown) => {
          // A price that cannot be checked is not used either; the poll itself says what is missing.
          if (!(error instanceof PaperdeskError && error.code === 'MARKET_UNAVAILABLE')) throw error;
        });
      if (repeated !== null && currentPrice === undefined && external === undefined) return repeated;
      const { stored, result } = await accounts.change(first.account.id, (known) =>
        pollAccount(parts, known, model, external ?? null),
      );
      const polled = {
        ...result,
        overview: await overview({ stored, model }),
        row: await rows.decision(stored.account.id, result.asOf),
      };
      await repeatedPolls.keep(modelId, state, polled);
      return polled;
    },

    onPoll: (listener) => void pollListeners.push(listener),

    async execute(id) {
      const { stored } = await accounts.change(id, async ({ account, symbol }) => {
        const { outcome } = await bringUpToDate(account, symbol, market, now(), 'when decided');
        return { change: outcome, result: null };
      });
      return stored;
    },

    async setPaused(id, paused) {
      const { stored } = await accounts.change(id, async ({ account }) => ({
        change: { account: paused ? pause(account) : resume(account) },
        result: null,
      }));
      return stored;
    },

    async reset(id, fresh, hideHistory) {
      const { stored } = await byHand(
        id,
        ({ account }, moment) => reset(account, moment, fresh),
        hideHistory,
      );
      return stored;
    },

    async open(id, { idempotencyKey, ...order }) {
      const key = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
      const lotKey = manualLotKey(key);
      await byHand(id, async ({ account }, moment) =>
        (await rows.hasLotOfKey(id, lotKey))
          ? unchangedOutcome(account)
          : openByHand(account, moment, { ...order, key }),
      );
      return lotOfKey(rows, id, lotKey);
    },

    async close(id) {
      const known = await rows.lot(id);
      if (known !== undefined && 'closedAt' in known) return known;
      const accountId = id.split('.', 1)[0] as string;
      if (known === undefined)
        throw new PaperdeskError('POSITION_NOT_FOUND', `There is no open position "${id}".`);
      const { result } = await byHand(accountId, (settled, moment) => {
        const gone = settled.closed.some((lot) => lot.id === id);
        return gone ? unchangedOutcome(settled.account) : closeByHand(settled.account, moment, id);
      });
      return result.closed.find((lot) => lot.id === id) as ClosedLot;
    },
  };
}

/** What a manual order opened, now or when it came first; a key belongs to one epoch. */
async function lotOfKey(rows: HistoryRepository, id: string, key: string): Promise<Lot | ClosedLot> {
  for (const { epoch } of await rows.epochs(id)) {
    const lot = await rows.lot(lotId(id, epoch, key));
    if (lot !== undefined) return lot;
  }
  throw new PaperdeskError('POSITION_NOT_FOUND', `The position of ${id} that was opened by ${key} is gone.`);
}
