import { distinctPipelines, type FollowedSymbol } from './followed-symbol.ts';
import type { MarketPipeline } from './market-history.ts';

/** Open time of the first intrabar candle to store, in ms; undefined for those that close from now on. */
export type FirstCandle = () => number | undefined;

interface Demand {
  readonly pipeline: MarketPipeline;
  readonly from: FirstCandle | undefined;
}

/** The reasons to follow a symbol, known on every node; only the node with the lease of the symbol follows it. */
export interface DemandedSymbol {
  /** Adds a reason, or replaces the one of this name; waits until the work that nothing else needs has ended. */
  add(reason: string, pipeline: MarketPipeline, from?: FirstCandle): Promise<void>;
  /** Waits until the work that nothing else needs has ended. */
  remove(reason: string): Promise<void>;
  /** The demanded pipelines, each once. */
  pipelines(): readonly MarketPipeline[];
  /** Undefined while another node follows the symbol. */
  followed(): FollowedSymbol | undefined;
  /** Gives the lease up; waits until the work has ended. */
  stop(): Promise<void>;
}

/**
 * @param want asks for the lease of the symbol (leases.ts)
 * @param follow begins to follow the symbol, without a pipeline yet
 */
export function demandSymbol(
  want: (begin: () => () => Promise<void>) => () => Promise<void>,
  follow: () => FollowedSymbol,
): DemandedSymbol {
  const demands = new Map<string, Demand>();
  let followed: FollowedSymbol | undefined;
  const pipelines = () => distinctPipelines(Array.from(demands.values(), ({ pipeline }) => pipeline));

  function include({ pipeline, from }: Demand): void {
    const first = from?.();
    if (first !== undefined) followed?.includeFrom(pipeline, first);
  }

  const giveUp = want(() => {
    const begun = follow();
    followed = begun;
    void begun.use(pipelines());
    for (const demand of demands.values()) include(demand);
    return () => {
      followed = undefined;
      return begun.stop();
    };
  });

  return {
    async add(reason, pipeline, from) {
      const demand = { pipeline, from };
      demands.set(reason, demand);
      const ended = followed?.use(pipelines());
      include(demand);
      await ended;
    },
    async remove(reason) {
      demands.delete(reason);
      await followed?.use(pipelines());
    },
    pipelines,
    followed: () => followed,
    stop: giveUp,
  };
}
