import type { Cluster, NodeState } from '../../cluster/cluster.ts';
import { type NodePart, readParts } from '../../cluster/node-report.ts';
import type { Exchange, ExchangeStatus } from '../exchange/exchange.ts';
import { symbolLease } from '../store/market-repository.ts';
import type { LiveMarket, LiveSymbolStatus } from './live-market.ts';
import type { MarketHistory } from './market-history.ts';
import type { WindowDownload } from './requested-window.ts';
import type { SymbolStatus } from './symbol-status.ts';

/** The state of the market, the same on every node. */
export interface MarketStatus {
  /** Of the node whose requests to the exchange fail, if one does. */
  readonly exchange: ExchangeStatus;
  readonly symbols: readonly SymbolStatus[];
  /** One per followed symbol and intrabar timeframe, as told by the node that follows the symbol. */
  readonly streams: readonly LiveSymbolStatus[];
}

/** What a node tells the others about the market. */
interface MarketPart {
  readonly exchange: ExchangeStatus;
  readonly windows: readonly WindowDownload[];
  readonly streams: readonly LiveSymbolStatus[];
}

export interface MarketStatusDependencies {
  readonly cluster: Cluster;
  readonly exchange: Pick<Exchange, 'status'>;
  readonly history: Pick<MarketHistory, 'windows' | 'symbols'>;
  readonly live: Pick<LiveMarket, 'followed' | 'status'>;
}

const PART = 'market';
const CIRCUITS = ['closed', 'half-open', 'open'] as const;

/** Reads the state of the market from the store and from what nodes tell; sends no request to the exchange. */
export function createMarketStatus(dependencies: MarketStatusDependencies): () => Promise<MarketStatus> {
  const { cluster, exchange, history, live } = dependencies;
  const read = (): MarketPart => ({
    exchange: exchange.status(),
    windows: history.windows(),
    streams: live.status(),
  });
  cluster.reportPart(PART, read);
  return async () => {
    const parts = await readParts<MarketPart>(cluster, PART);
    return {
      exchange: mostTroubled(parts.map(({ part }) => part.exchange)) ?? exchange.status(),
      symbols: await history.symbols(live.followed(), ownersLast(parts)),
      streams: parts
        .flatMap(({ node, part }) => part.streams.filter(({ symbol }) => follows(node, symbol)))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    };
  };
}

function follows(node: NodeState, symbol: string): boolean {
  return node.leases.includes(symbolLease(symbol));
}

/** What the node that follows a symbol tells about its windows replaces what others tell. */
function ownersLast(parts: readonly NodePart<MarketPart>[]): WindowDownload[] {
  const all = parts.flatMap(({ node, part }) =>
    part.windows.map((window) => ({ window, isOwner: follows(node, window.symbol) })),
  );
  return [...all.filter(({ isOwner }) => !isOwner), ...all.filter(({ isOwner }) => isOwner)].map(
    ({ window }) => window,
  );
}

/** Of the nodes with the worst circuit, the one that the exchange answered last. */
function mostTroubled(states: readonly ExchangeStatus[]): ExchangeStatus | undefined {
  const rank = ({ circuit }: ExchangeStatus) => CIRCUITS.indexOf(circuit.state);
  const [worst] = [...states].sort(
    (a, b) => rank(b) - rank(a) || (b.lastSuccessAt ?? 0) - (a.lastSuccessAt ?? 0),
  );
  return worst;
}
