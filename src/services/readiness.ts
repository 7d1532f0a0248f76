import { MINUTE_MS } from '../candle.ts';
import type { Cluster, NodeState } from '../cluster/cluster.ts';
import type { MarketStatus } from '../market/sync/market-status.ts';
import type { InferenceEngine } from '../models/engine.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { DEFAULT_PACKAGE_ID } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { Log } from '../runtime/log.ts';

/** The state of one component. */
export interface ComponentState {
  readonly ready: boolean;
  /** Whether each node has its own, or all nodes share it. */
  readonly scope: 'node' | 'cluster';
  /** One sentence. */
  readonly detail: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Components {
  readonly database: ComponentState;
  readonly default_package: ComponentState;
  readonly market: ComponentState;
  readonly inference: ComponentState;
}

export interface Readiness {
  /** Whether this node can do its part: what all nodes share counts only for a node that is alone. */
  readonly isNodeReady: boolean;
  /** Whether every component is ready. */
  readonly isClusterReady: boolean;
  readonly parts: Components;
  /** The nodes that are alive; empty if the database does not answer. */
  readonly nodes: readonly NodeState[];
}

export interface ReadinessSources {
  readonly registry: PackageRegistry;
  readonly marketStatus: () => Promise<MarketStatus>;
  readonly engine: Pick<InferenceEngine, 'status'>;
  readonly cluster: Pick<Cluster, 'nodes' | 'isShared'>;
  readonly log: Log;
}

/** Reads the state of every component; causes no request to the exchange and no computation. */
export async function readReadiness(sources: ReadinessSources): Promise<Readiness> {
  const stored = await storedState(sources).catch((error: unknown) => {
    sources.log.warn({ err: error }, 'the readiness could not be read from the database');
    return UNREADABLE;
  });
  const { nodes, ...parts } = { ...stored, inference: inferenceState(sources.engine) };
  const components = Object.values<ComponentState>(parts);
  const own = sources.cluster.isShared ? components.filter(({ scope }) => scope === 'node') : components;
  return {
    isNodeReady: own.every(({ ready }) => ready),
    isClusterReady: components.every(({ ready }) => ready),
    ...{ parts, nodes },
  };
}

type StoredState = Omit<Components, 'inference'> & Pick<Readiness, 'nodes'>;

const NOT_READY = { ready: false, detail: 'The database cannot be read; see the log.', facts: {} };

const UNREADABLE: StoredState = {
  database: { ...NOT_READY, scope: 'node' },
  default_package: { ...NOT_READY, scope: 'cluster' },
  market: { ...NOT_READY, scope: 'cluster' },
  nodes: [],
};

/** What the database knows. @throws when it cannot be read */
async function storedState({ registry, marketStatus, cluster }: ReadinessSources): Promise<StoredState> {
  const packages = await registry.list();
  return {
    database: {
      ...{ ready: true, scope: 'node' },
      detail: 'The database answers.',
      facts: { packages: packages.length },
    },
    default_package: packageState(packages.find(({ id }) => id === DEFAULT_PACKAGE_ID)),
    market: marketState(await marketStatus()),
    nodes: await cluster.nodes(),
  };
}

function packageState(model: ModelPackage | undefined): ComponentState {
  const scope = 'cluster';
  if (model === undefined) {
    const detail = `${DEFAULT_PACKAGE_ID} is missing: its files in models/ could not be read; see the log.`;
    return { ready: false, scope, detail, facts: {} };
  }
  // Archiving the default package is a choice, and a package that is not well says nothing about the service.
  const ready = ['DONE', 'ERROR'].includes(model.warmUpStatus) || model.status === 'ARCHIVED';
  const detail = ready
    ? (model.warmUpError ?? `${model.id} is ${model.status}.`)
    : `The warm-up of ${model.id} is not done yet.`;
  return { ready, scope, detail, facts: { status: model.status, warmup_status: model.warmUpStatus } };
}

function inferenceState(engine: ReadinessSources['engine']): ComponentState {
  const { state, pid, deaths, pending, models } = engine.status();
  const ready = state === 'idle' || state === 'running';
  return {
    ...{ ready, scope: 'node' },
    detail: ready
      ? 'The inference process works.'
      : `The inference process is ${state} after ${deaths} crashes.`,
    facts: { state, pid: pid ?? null, deaths, pending, loaded: models.map(({ id }) => id) },
  };
}

function marketState({ exchange, symbols }: MarketStatus): ComponentState {
  const facts = {
    exchange: exchange.id,
    circuit: exchange.circuit,
    clock: exchange.clock,
    weight: exchange.weight,
    proxies: exchange.proxies,
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
  const unwell = symbols.flatMap((one) => symbolProblem(one) ?? []);
  return {
    ...{ ready: problem === undefined, scope: 'cluster' },
    detail: problem ?? (unwell.length > 0 ? unwell.join(' ') : 'The candles are up to date.'),
    facts,
  };
}

function marketProblem(
  exchange: MarketStatus['exchange'],
  symbols: MarketStatus['symbols'],
): string | undefined {
  if (exchange.circuit.state === 'open') return exchange.circuit.detail;
  if (symbols.length === 0) return 'No candles have been requested yet.';
  if (exchange.clock.bad) return exchange.clock.detail;
  // One symbol that is not well, for example one that was delisted, says nothing about the others.
  return symbols.every((one) => symbolProblem(one) !== undefined) ? symbolProblem(symbols[0]!) : undefined;
}

function symbolProblem({
  symbol,
  ageMs,
  stale,
  lastError,
}: MarketStatus['symbols'][number]): string | undefined {
  const why = lastError === null ? '.' : `: ${lastError}`;
  if (ageMs === null) return `There are no candles of ${symbol}${why}`;
  if (stale)
    return `The newest candle of ${symbol} closed ${Math.round(ageMs / MINUTE_MS)} minutes ago${why}`;
  return undefined;
}
