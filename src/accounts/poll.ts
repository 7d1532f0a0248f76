import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '../candle.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountIdOf, packageIdOf } from '../packages/package-id.ts';
import { decisionCandleStart } from '../trading/account-pipeline.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import { type Gate, gateOf, isGate } from '../trading/gates.ts';
import { checkClientPrice } from '../trading/manual-order.ts';
import { concatOutcomes, type Outcome } from '../trading/outcome.ts';
import type { Signal } from '../trading/signal.ts';
import { recordGate, takeDecision } from '../trading/take-decision.ts';
import type { AccountMarket } from './account-market.ts';
import { marketOf, type StoredAccount } from './account-repository.ts';
import { type Accounts, type AccountUpdate, packageOf, requireSymbol } from './accounts.ts';
import { catchUp } from './catch-up.ts';
import { type DecisionInputDependencies, readDecisionInput } from './decision-input.ts';
import type { HistoryRepository } from './history-repository.ts';
import type { Overview, ReadOverview } from './overview.ts';

/** A poll of the loop, or of a client that sends its own signals. */
export interface PollRequest {
  readonly modelId: string;
  readonly symbol?: string | undefined;
  /** Compared with our price, and used for nothing else (paper.md#23). */
  readonly currentPrice?: number | undefined;
  readonly external?: Signal | undefined;
  /** Whether the service itself polls. */
  readonly isByService?: boolean | undefined;
}

/** The result of a poll. */
export interface PollResult {
  /** Close time of the candle that could be decided on, ms. */
  readonly asOf: number;
  /** All changes since the previous poll: exits, the decision, and the candles after it. */
  readonly outcome: Outcome;
  /** Whether this poll took the decision. */
  readonly decided: boolean;
  /** Why it took no decision; null if it took one. */
  readonly gate: Gate | null;
  /** The account after the poll. */
  readonly overview: Overview;
  /** The row of the candle; undefined if there is none yet. */
  readonly row: DecisionRecord | undefined;
}

/** Why a poll led to no order; null if it led to one. */
export function reasonOfPoll({ gate, row }: Pick<PollResult, 'gate' | 'row'>): string | null {
  if (gate !== null) return gate.reason;
  return row?.decided === true ? row.reason : null;
}

/** Polls of accounts. */
export interface Polls {
  /** @throws MODEL_NOT_FOUND, SYMBOL_MISMATCH, PRICE_OFF */
  poll(request: PollRequest): Promise<PollResult>;
  /** Listeners get the id of every account that a client polls, whatever the result. */
  onPoll(listener: (accountId: string) => void): void;
}

export interface PollDependencies extends DecisionInputDependencies {
  readonly accounts: Accounts;
  readonly rows: Pick<HistoryRepository, 'decision'>;
  readonly market: AccountMarket;
  readonly overview: ReadOverview;
  readonly readRevisions: ReadRevisions;
  readonly now: () => number;
}

/** Codes of errors without a price to compare: the exchange does not answer, or has the symbol no longer. */
const NO_PRICE: ReadonlySet<string> = new Set(['MARKET_UNAVAILABLE', 'SYMBOL_UNKNOWN']);
/** Far more than there are accounts. */
const MAX_ANSWERS = 1000;

export function createPolls(dependencies: PollDependencies): Polls {
  const { accounts, rows, market, overview, readRevisions, now } = dependencies;
  const listeners: ((accountId: string) => void)[] = [];
  /** Answers on decided candles: they stay the same until a revision changes or a minute, and so a candle, ends. */
  const answers = new LRUCache<string, { readonly revision: string; readonly answer: PollResult }>({
    max: MAX_ANSWERS,
  });

  async function revisionNow(modelId: string): Promise<string> {
    const account = accountIdOf(packageIdOf(modelId));
    const revisions = await readRevisions('packages', `account:${account}`, 'market:*');
    return `${Math.floor(now() / MINUTE_MS)} ${revisions}`;
  }

  /** The row of a candle; that of an epoch before a reset does not count. */
  async function rowOf({ account: { id, epoch } }: StoredAccount, asOf: number) {
    const row = await rows.decision(id, asOf);
    return row?.epoch === epoch ? row : undefined;
  }

  /** @throws PRICE_OFF */
  async function checkPrice(stored: StoredAccount, price: number): Promise<void> {
    try {
      checkClientPrice(price, await market.newestClose(marketOf(stored)));
    } catch (error) {
      // The price is not used, so a poll does not fail if the price cannot be compared.
      if (!(error instanceof PaperdeskError && NO_PRICE.has(error.code))) throw error;
    }
  }

  return {
    onPoll: (listener) => void listeners.push(listener),

    async poll({ modelId, symbol, currentPrice, external, isByService = false }) {
      const revision = await revisionNow(modelId);
      const known = answers.get(modelId);
      const cached = known?.revision === revision ? known.answer : undefined;
      const { stored: before, model } = cached?.overview ?? (await accounts.get(modelId));
      if (!isByService) for (const listener of listeners) listener(before.account.id);
      requireSymbol(before.account.id, before.symbol, symbol);
      if (currentPrice !== undefined) await checkPrice(before, currentPrice);
      if (cached !== undefined && currentPrice === undefined && external === undefined) return cached;

      const { stored, result } = await accounts.change(before.account.id, (current) =>
        pollAccount(dependencies, current, model, external ?? null),
      );
      const answer: PollResult = {
        ...result,
        overview: await overview({ stored, model }),
        row: await rowOf(stored, result.asOf),
      };
      const isRepeatable = answer.gate?.reason === 'DECIDED' && answer.overview.settled;
      if (isRepeatable && (await revisionNow(modelId)) === revision)
        answers.set(modelId, { revision, answer });
      return answer;
    },
  };
}

type AccountPoll = Omit<PollResult, 'overview' | 'row'>;

/** Catches an account up and takes at most one decision on the newest closed candle (paper.md#7). */
async function pollAccount(
  dependencies: PollDependencies,
  stored: StoredAccount,
  model: ModelPackage | null,
  external: Signal | null,
): Promise<AccountUpdate<AccountPoll>> {
  const now = dependencies.now();
  const asOf = decisionCandleStart(stored.account.pipeline, now);
  const { market } = dependencies;
  const { symbol } = stored;

  const before = await catchUp(stored, market, now, 'when decided');
  const { account } = before.outcome;
  const facts = {
    asOf,
    model: packageOf({ stored, model }),
    hasSignal: external !== null,
    marketFailure: before.failure?.message ?? null,
  };
  // Without a package and a signal there is a gate.
  const source = external ?? (model as ModelPackage);
  const input =
    gateOf(account, facts) ?? (await readDecisionInput(dependencies, account, symbol, asOf, source));
  if (isGate(input)) {
    const outcome = concatOutcomes(stored.account, [before.outcome, recordGate(account, asOf, input)]);
    return { change: outcome, result: { asOf, outcome, decided: false, gate: input } };
  }

  const decision = takeDecision(account, input.market, input.signal);
  const after = await catchUp({ account: decision.account, symbol }, market, now, 'when decided');
  const outcome = concatOutcomes(stored.account, [before.outcome, decision, after.outcome]);
  return { change: outcome, result: { asOf, outcome, decided: true, gate: null } };
}
