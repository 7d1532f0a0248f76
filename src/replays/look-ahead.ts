import type { StoredAccount } from '../accounts/account-repository.ts';
import type { Decision, Decisions } from '../decisions/decide.ts';
import { type PackageForecast, packageForecast } from '../decisions/package-forecast.ts';
import { policySignal } from '../decisions/policy-signal.ts';
import type { SingleForecasts } from '../decisions/single-forecasts.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { type DecisionWindow, decidedWindow } from '../pipeline/decision-window.ts';
import { accountStateAt, type PaperAccount } from '../trading/account.ts';
import { type Mark, markAt } from '../trading/decision-candle.ts';
import { takeDecision } from '../trading/take-decision.ts';
import {
  type CandleSample,
  type ComputedCandle,
  computedCandle,
  type DecidedCandle,
} from './candle-sample.ts';
import { differenceOfDecisions, differenceOfInputs } from './compare-samples.ts';
import { marketUntil, marketWithOtherFuture } from './market-at.ts';
import { CANDLES_PER_SLICE } from './past-candles.ts';
import type { PastMarket, PastWindowAt } from './past-window-at.ts';
import type { Difference, LookAhead, Replay } from './replay-job.ts';
import type { SampleRepository } from './sample-repository.ts';

export interface LookAheadDependencies {
  readonly repository: Pick<MarketRepository, 'candles' | 'funding'>;
  readonly samples: Pick<SampleRepository, 'page'>;
  readonly singleForecasts: SingleForecasts;
  readonly decisions: Pick<Decisions, 'decideOnForecast'>;
  readonly windowAt: PastWindowAt;
  readonly model: () => Promise<ModelPackage>;
  /** Repeats work for which inference is not available. */
  readonly retry: <T>(work: () => Promise<T>) => Promise<T>;
  /** Yields to other work; throws when the replay is stopped. */
  readonly pause: () => Promise<void>;
}

/** Each has about 5 kB. */
const SAMPLES_PER_PAGE = 100;
/** The features of some are computed while the forecasts of others are: they are computed in different processes. */
const SAMPLES_AT_ONCE = 4;

/**
 * Computes the sampled decisions of a replay again, each alone: from a market that ends at the close of its candle, and
 * from one that continues differently (statistics.md#91).
 * @throws what `model`, `retry` and `pause` throw
 */
export async function checkLookAhead(
  dependencies: LookAheadDependencies,
  replay: Pick<Replay, 'id' | 'symbol' | 'from' | 'to'>,
  { account }: Pick<StoredAccount, 'account'>,
): Promise<LookAhead> {
  const { samples, model, retry, pause } = dependencies;
  const readMarket = createMarketReader(dependencies, replay);
  let candlesChecked = 0;
  let candlesEqual = 0;
  let firstDifference: LookAhead['firstDifference'] = null;
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = await samples.page(replay.id, after, SAMPLES_PER_PAGE);
    for (let next = 0; next < page.length; next += SAMPLES_AT_ONCE) {
      const group = page.slice(next, next + SAMPLES_AT_ONCE);
      const current = await model();
      const markets: PastMarket[] = [];
      for (const { asOf } of group) markets.push(await readMarket(current, asOf));
      const differences = await Promise.all(
        group.map((sample, index) =>
          retry(() => checkCandle(dependencies, current, markets[index]!, account, sample)),
        ),
      );
      for (const [index, { asOf }] of group.entries()) {
        const difference = differences[index]!;
        candlesChecked += 1;
        if (difference === null) candlesEqual += 1;
        else firstDifference ??= { candle: asOf, ...difference };
        after = asOf;
      }
      await pause();
    }
    if (page.length < SAMPLES_PER_PAGE) return { candlesChecked, candlesEqual, firstDifference };
  }
}

/** What a decision is computed from. */
interface Inputs {
  readonly market: MarketWindow;
  readonly window: DecisionWindow;
  readonly mark: Mark;
}

async function checkCandle(
  dependencies: LookAheadDependencies,
  model: ModelPackage,
  market: PastMarket,
  account: PaperAccount,
  sample: CandleSample,
): Promise<Difference | null> {
  const { pipeline } = model;
  const { asOf } = sample;
  const alone = await readInputs(dependencies, model, marketUntil(market, asOf), asOf);
  const other = await readInputs(dependencies, model, marketWithOtherFuture(market, asOf), asOf, alone);
  if (alone === null || other === null) return { quantity: 'window', alone: null, inReplay: 'complete' };
  for (const inputs of [alone, other]) {
    const found = differenceOfInputs(pipeline, inputsOf(inputs), sample.computed);
    if (found !== null) return found;
  }
  const found = differenceOfDecisions(
    pipeline,
    await decideAlone(dependencies, model, account, sample, alone),
    sample,
  );
  // The models see nothing but these numbers, so equal ones are decided on once.
  if (found !== null || isSameInput(alone, other)) return found;
  return differenceOfDecisions(
    pipeline,
    await decideAlone(dependencies, model, account, sample, other),
    sample,
  );
}

/** The candles that a replay holds while it decides on one: the history before it, and a slice after it. */
type ReadMarket = (model: ModelPackage, asOf: number) => Promise<PastMarket>;

/** Samples come in order of time, so candles of the one before are kept: windows overlap, and reading takes longest. */
function createMarketReader(
  { repository: { candles, funding } }: LookAheadDependencies,
  { symbol, to }: Pick<Replay, 'symbol' | 'to'>,
): ReadMarket {
  let kept: PastMarket['decisionCandles'] = [];
  let keptTo = Number.NEGATIVE_INFINITY;
  return async ({ pipeline }, asOf) => {
    const { decisionTimeframe, decisionMs, historyCandles } = pipeline;
    const from = asOf - historyCandles * decisionMs;
    const last = Math.min(to, asOf + CANDLES_PER_SLICE * decisionMs) - decisionMs;
    const next = Math.max(from, keptTo + decisionMs);
    const added = next > last ? [] : await candles.range(symbol, decisionTimeframe, next, last);
    kept = [...kept.filter(({ openTime }) => openTime >= from), ...added];
    keptTo = last;
    return {
      ...{ symbol, pipeline, decisionCandles: kept },
      funding: await funding.range(symbol, from - FUNDING_LEAD_MS, last + decisionMs),
    };
  };
}

/** Null if the market has too few candles for it. @param known inputs whose window may be the same */
async function readInputs(
  { windowAt, singleForecasts }: LookAheadDependencies,
  model: ModelPackage,
  past: PastMarket,
  asOf: number,
  known: Inputs | null = null,
): Promise<Inputs | null> {
  const mark = markAt(model.pipeline, past.decisionCandles, asOf);
  const market = windowOrNull(windowAt, past, asOf);
  if (mark === null || market === null) return null;
  // The revision is a hash of all numbers that features are computed from.
  const window =
    known?.market.revision === market.revision ? known.window : await singleForecasts.features(model, market);
  return { market, mark, window };
}

/** A window that cannot be made without younger candles is a difference, and no fault of the check. */
function windowOrNull(windowAt: PastWindowAt, past: PastMarket, asOf: number): MarketWindow | null {
  try {
    return windowAt(past, asOf);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function inputsOf({ market, window }: Inputs): ComputedCandle {
  return computedCandle({ market, window: decidedWindow(window), quantiles: new Float32Array() });
}

function isSameInput(a: Inputs, b: Inputs): boolean {
  return (
    a.mark.markPrice === b.mark.markPrice &&
    a.mark.atr14 === b.mark.atr14 &&
    (a.window === b.window ||
      a.window.scaled.every((value, index) => Object.is(value, b.window.scaled[index])))
  );
}

async function decideAlone(
  { singleForecasts, decisions }: LookAheadDependencies,
  model: ModelPackage,
  account: PaperAccount,
  { asOf, decided, computed: inReplay }: CandleSample,
  { market, window, mark }: Inputs,
): Promise<Omit<CandleSample, 'asOf'>> {
  const alone = await singleForecasts.forecast(model, market, window);
  const computed = computedCandle(alone);
  if (decided === null) return { computed, decided };
  const before: PaperAccount = {
    ...account,
    ...decided.account,
    ...{ status: 'ACTIVE', nextCandle: asOf, lastDecision: null },
  };
  // The policy may amplify the rounding of a batch beyond any tolerance, so it gets the same quantiles as in the replay. Whether
  // they are those of the forecast alone is compared before.
  const quantiles = Float32Array.from(inReplay.quantiles);
  const forecast = packageForecast(model, market, alone.window, quantiles, alone.timingsMs);
  const decision = await decisions.decideOnForecast(
    model,
    forecast,
    accountStateAt(before, mark.markPrice),
    mark.markPrice,
  );
  return { computed, decided: { ...decided, ...orderOf(model, before, decision, forecast, decided, mark) } };
}

function orderOf(
  { pipeline }: ModelPackage,
  account: PaperAccount,
  decision: Decision,
  { asOf }: PackageForecast,
  { fillPrice }: DecidedCandle,
  mark: Mark,
): Omit<DecidedCandle, 'account' | 'fillPrice'> {
  const { direction, leverage } = decision.action;
  if (decision.invalid !== undefined)
    return { direction, leverage, action: 'HOLD', reason: decision.invalid.reason, order: null };
  const { decisions } = takeDecision(account, { asOf, fillPrice, ...mark }, policySignal(pipeline, decision));
  const { action, reason, order } = decisions[0]!;
  return { direction, leverage, action, reason, order };
}
