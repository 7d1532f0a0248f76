import type { Accounts } from '../accounts/accounts.ts';
import { INITIAL_BALANCE } from '../accounts/accounts.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import { DAY_MS } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { type AccountPipeline, accountPipeline, decisionCandleStart } from '../trading/account-pipeline.ts';
import { type AccountSettings, DEFAULT_SETTINGS } from '../trading/settings.ts';
import type { ReplayOrder } from './replay-job.ts';

/** A request for a replay; times in ms. */
export interface ReplayRequest {
  readonly from: number;
  readonly to: number;
  /** Default: those of the package's account, or the standard ones without an account (paper.md#44). */
  readonly initialBalance?: number | undefined;
  readonly settings?: Partial<AccountSettings> | undefined;
  /** Close times of the candles to decide on, or `account` for those that the package's account decided on; default: all. */
  readonly decided?: readonly number[] | 'account' | undefined;
  readonly label?: string | undefined;
}

/** A replay as it is queued. */
export interface PlannedReplay {
  readonly order: ReplayOrder;
  /** Close times (ms) of the candles to decide on; null for all. */
  readonly decided: readonly number[] | null;
}

export interface PlanDependencies {
  readonly registry: Pick<PackageRegistry, 'resolve'>;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly history: Pick<HistoryRepository, 'decidedCandles'>;
  readonly marketSource: 'live' | 'recorded';
  readonly newId: () => string;
  readonly now: () => number;
}

export const MAX_REPLAY_DAYS = 731;
/** The exchange publishes a candle some seconds after it closed. */
const PUBLISHED_AFTER_MS = 60_000;

/**
 * Checks a request, adds defaults and returns the order. Does not read the market.
 * @throws PaperdeskError MODEL_NOT_FOUND, PACKAGE_ARCHIVED, PACKAGE_STATE, REPLAY_RANGE
 */
export async function planReplay(
  { registry, accounts, history, marketSource, newId, now }: PlanDependencies,
  modelId: string,
  request: ReplayRequest,
): Promise<PlannedReplay> {
  const model = await registry.resolve(modelId);
  requireReady(model);
  const { stored } = await accounts.find(modelId);
  const pipeline = accountPipeline(model.pipeline);
  const range = rangeOf(request, pipeline, now());
  const account = stored?.account;
  const order = {
    id: `replay_${newId()}`,
    packageId: model.id,
    packageVersion: model.version,
    symbol: model.manifest.symbol,
    marketSource,
    label: request.label ?? null,
    pipeline,
    ...range,
    counterfactual: null,
    settings: { ...(account?.settings ?? DEFAULT_SETTINGS), ...request.settings },
    initialBalance: request.initialBalance ?? account?.initialBalance ?? INITIAL_BALANCE,
  };
  if (request.decided !== 'account') return { order, decided: candlesOf(request.decided, pipeline, range) };
  if (account === undefined)
    throw refused(`${model.id} has no account yet whose decided candles could be used; leave "decided" out`);
  return {
    order,
    decided: await history.decidedCandles(account.id, range.from, range.to - pipeline.decisionMs),
  };
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

/** Whole decision candles, all closed (paper.md#43). */
function rangeOf(
  { from, to }: ReplayRequest,
  pipeline: AccountPipeline,
  now: number,
): Pick<ReplayOrder, 'from' | 'to'> {
  if (to > now)
    throw refused(`"to" is ${isoTime(to)} and it is ${isoTime(now)}: what has not been cannot be replayed`);
  const range = {
    from: decisionCandleStart(pipeline, from),
    to: decisionCandleStart(pipeline, Math.min(to, now - PUBLISHED_AFTER_MS)),
  };
  if (range.to - range.from < pipeline.decisionMs) {
    throw refused(
      `From ${isoTime(from)} to ${isoTime(to)} no candle of ${pipeline.decisionTimeframe} opens and closes; "to" must be at least one later than "from"`,
    );
  }
  const days = (range.to - range.from) / DAY_MS;
  if (days > MAX_REPLAY_DAYS) {
    throw refused(
      `From ${isoTime(from)} to ${isoTime(to)} are ${Math.ceil(days)} days; a replay may have ${MAX_REPLAY_DAYS}: take it in parts`,
    );
  }
  return range;
}

function candlesOf(
  decided: readonly number[] | undefined,
  { decisionMs, decisionTimeframe }: AccountPipeline,
  { from, to }: Pick<ReplayOrder, 'from' | 'to'>,
): readonly number[] | null {
  if (decided === undefined) return null;
  for (const time of decided) {
    if (time % decisionMs !== 0)
      throw refused(`"decided" has ${isoTime(time)}, when no candle of ${decisionTimeframe} closes`);
    if (time < from || time >= to) {
      throw refused(
        `"decided" has ${isoTime(time)}; orders are filled where a candle closes, from ${isoTime(from)} to before ${isoTime(to)}`,
      );
    }
  }
  return [...new Set(decided)].sort((a, b) => a - b);
}

function refused(problem: string): PaperdeskError {
  return new PaperdeskError('REPLAY_RANGE', `${problem}.`);
}
