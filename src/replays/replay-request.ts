import type { Accounts } from '../accounts/accounts.ts';
import { INITIAL_BALANCE } from '../accounts/accounts.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { DECISION_CANDLE_MS, decisionCandleStart } from '../trading/candle-times.ts';
import { type AccountSettings, DEFAULT_SETTINGS } from '../trading/settings.ts';
import type { ReplayOrder } from './replay-job.ts';

/** What somebody wants to be replayed; times in ms. */
export interface ReplayRequest {
  readonly modelId: string;
  readonly from: number;
  readonly to: number;
  /** Those of the package's account where it is not given, else the standard ones. */
  readonly initialBalance?: number | undefined;
  readonly settings?: Partial<AccountSettings> | undefined;
  /** Close times of the candles to decide on; those that the package's account decided on; every one if not given. */
  readonly decided?: readonly number[] | 'account' | undefined;
  readonly label?: string | undefined;
}

export interface RequestParts {
  readonly registry: Pick<PackageRegistry, 'resolve'>;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly history: Pick<HistoryRepository, 'decidedCandles'>;
  readonly marketSource: 'live' | 'recorded';
  readonly newId: () => string;
  readonly now: () => number;
}

const LONGEST_DAYS = 731;
const DAY_MS = 24 * 60 * 60_000;
/** The exchange gives a candle some seconds after it closed. */
const SETTLED_AFTER_MS = 60_000;

/**
 * Makes an order of a wish: everything that can be said without looking at the market.
 * @throws PaperdeskError MODEL_NOT_FOUND, PACKAGE_ARCHIVED, PACKAGE_STATE, REPLAY_RANGE
 */
export async function planReplay(
  { registry, accounts, history, marketSource, newId, now }: RequestParts,
  wish: ReplayRequest,
): Promise<{ readonly order: ReplayOrder; readonly decided: readonly number[] | null }> {
  const model = await registry.resolve(wish.modelId);
  requireReady(model);
  const { stored } = await accounts.find(wish.modelId);
  const range = rangeOf(wish, now());
  const own = stored?.account;
  const order = {
    id: `replay_${newId()}`,
    packageId: model.id,
    packageVersion: model.version,
    symbol: model.manifest.symbol,
    marketSource,
    label: wish.label ?? null,
    ...range,
    settings: { ...(own?.settings ?? DEFAULT_SETTINGS), ...wish.settings },
    initialBalance: wish.initialBalance ?? own?.initialBalance ?? INITIAL_BALANCE,
  };
  if (wish.decided !== 'account') return { order, decided: candlesOf(wish.decided, range) };
  if (own === undefined)
    throw refused(`${model.id} has no account yet whose decided candles could be taken; leave "decided" out`);
  return { order, decided: await history.decidedCandles(own.id, range.from, range.to - DECISION_CANDLE_MS) };
}

function requireReady(model: ModelPackage): void {
  if (model.status === 'ARCHIVED')
    throw new PaperdeskError('PACKAGE_ARCHIVED', `${model.id} is archived; restore it to replay it.`);
  if (model.warmUpStatus !== 'DONE') {
    throw new PaperdeskError(
      'PACKAGE_STATE',
      `The warm-up of ${model.id} is ${model.warmUpStatus}; a package is replayed once that is DONE.`,
    );
  }
}

/** Whole quarters of an hour, all of them over. */
function rangeOf({ from, to }: ReplayRequest, now: number): Pick<ReplayOrder, 'from' | 'to'> {
  if (to > now)
    throw refused(`"to" is ${iso(to)} and it is ${iso(now)}: what has not been cannot be replayed`);
  const range = {
    from: decisionCandleStart(from),
    to: decisionCandleStart(Math.min(to, now - SETTLED_AFTER_MS)),
  };
  if (range.to - range.from < DECISION_CANDLE_MS) {
    throw refused(
      `From ${iso(from)} to ${iso(to)} no 15-minute candle opens and closes; "to" must be at least one later than "from"`,
    );
  }
  const days = (range.to - range.from) / DAY_MS;
  if (days > LONGEST_DAYS) {
    throw refused(
      `From ${iso(from)} to ${iso(to)} are ${Math.ceil(days)} days; a replay may have ${LONGEST_DAYS}: take it in parts`,
    );
  }
  return range;
}

function candlesOf(
  decided: readonly number[] | undefined,
  { from, to }: Pick<ReplayOrder, 'from' | 'to'>,
): readonly number[] | null {
  if (decided === undefined) return null;
  for (const time of decided) {
    if (time % DECISION_CANDLE_MS !== 0)
      throw refused(`"decided" has ${iso(time)}, when no 15-minute candle closes`);
    if (time < from || time >= to) {
      throw refused(
        `"decided" has ${iso(time)}; orders are filled where a candle closes, from ${iso(from)} to before ${iso(to)}`,
      );
    }
  }
  return [...new Set(decided)].sort((a, b) => a - b);
}

function refused(problem: string): PaperdeskError {
  return new PaperdeskError('REPLAY_RANGE', `${problem}.`);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
