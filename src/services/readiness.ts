import { MINUTE_MS } from '../candle.ts';
import type { LiveMarket } from '../market/sync/live-market.ts';
import type { MarketHistory, MarketStatus } from '../market/sync/market-history.ts';
import type { InferenceEngine } from '../models/engine.ts';
import { DEFAULT_PACKAGE_ID } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';

/** The state of one component. */
export interface ComponentState {
  readonly ready: boolean;
  /** One sentence. */
  readonly detail: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Readiness {
  readonly database: ComponentState;
  readonly default_package: ComponentState;
  readonly market: ComponentState;
  readonly inference: ComponentState;
}

export interface ReadinessSources {
  readonly registry: PackageRegistry;
  readonly history: Pick<MarketHistory, 'status'>;
  readonly live: Pick<LiveMarket, 'followed'>;
  readonly engine: Pick<InferenceEngine, 'status'>;
}

/** Reads the state of every component; causes no request to the exchange and no computation. */
export async function readReadiness({
  registry,
  history,
  live,
  engine,
}: ReadinessSources): Promise<Readiness> {
  const [database, defaultPackage] = await databaseAndPackage(registry);
  return {
    database,
    default_package: defaultPackage,
    market: await marketState(history, live),
    inference: inferenceState(engine),
  };
}

async function databaseAndPackage(registry: PackageRegistry): Promise<[ComponentState, ComponentState]> {
  try {
    const packages = await registry.list();
    const database = { ready: true, detail: 'The database answers.', facts: { packages: packages.length } };
    const model = packages.find(({ id }) => id === DEFAULT_PACKAGE_ID);
    if (model === undefined) {
      const detail = `${DEFAULT_PACKAGE_ID} is missing: its files in models/ could not be read; see the log.`;
      return [database, { ready: false, detail, facts: {} }];
    }
    // Archiving the default package is a choice, not a fault.
    const ready = model.warmUpStatus === 'DONE' || model.status === 'ARCHIVED';
    const detail = ready
      ? `${model.id} is ${model.status}.`
      : (model.warmUpError ?? `The warm-up of ${model.id} is not done yet.`);
    return [database, { ready, detail, facts: { status: model.status, warmup_status: model.warmUpStatus } }];
  } catch {
    const detail = 'The database cannot be read; see the log.';
    return [
      { ready: false, detail, facts: {} },
      { ready: false, detail, facts: {} },
    ];
  }
}

function inferenceState(engine: ReadinessSources['engine']): ComponentState {
  const { state, pid, deaths, pending, models } = engine.status();
  const ready = state === 'idle' || state === 'running';
  return {
    ready,
    detail: ready
      ? 'The inference process works.'
      : `The inference process is ${state} after ${deaths} crashes.`,
    facts: { state, pid: pid ?? null, deaths, pending, loaded: models.map(({ id }) => id) },
  };
}

async function marketState(
  history: ReadinessSources['history'],
  live: ReadinessSources['live'],
): Promise<ComponentState> {
  const { exchange, symbols } = await history.status(live.followed());
  const facts = {
    exchange: exchange.id,
    circuit: exchange.circuit,
    clock: exchange.clock,
    weight: exchange.weight,
    last_error: exchange.lastError?.message ?? null,
    symbols: symbols.map(({ symbol, newestCloseTime, ageMs, gaps, lastError }) => ({
      symbol,
      newest_candle_closed_at: newestCloseTime === null ? null : new Date(newestCloseTime).toISOString(),
      age_seconds: ageMs === null ? null : Math.round(ageMs / 1000),
      gaps: gaps.length,
      last_error: lastError,
    })),
  };
  const problem = marketProblem(exchange, symbols);
  return { ready: problem === undefined, detail: problem ?? 'The candles are up to date.', facts };
}

function marketProblem(
  exchange: MarketStatus['exchange'],
  symbols: MarketStatus['symbols'],
): string | undefined {
  if (exchange.circuit.state === 'open') return exchange.circuit.detail;
  if (symbols.length === 0) return 'No candles have been requested yet.';
  for (const { symbol, ageMs, stale, lastError } of symbols) {
    if (ageMs === null)
      return `There are no candles of ${symbol}${lastError === null ? '.' : `: ${lastError}`}`;
    if (stale) {
      const minutes = Math.round(ageMs / MINUTE_MS);
      return `The newest candle of ${symbol} closed ${minutes} minutes ago${lastError === null ? '.' : `: ${lastError}`}`;
    }
  }
  return exchange.clock.bad ? exchange.clock.detail : undefined;
}
