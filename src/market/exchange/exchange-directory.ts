import type { Clock } from '../../runtime/timers.ts';
import type { CcxtClient } from './ccxt-client.ts';
import { ExchangeFailure } from './failure.ts';
import type { RequestGuard } from './request-guard.ts';
import { createSymbolDirectory, type SymbolDirectory } from './symbols.ts';

/** The list of symbols is asked for again when one is not in it and it is older than this. */
const DIRECTORY_MAX_AGE_MS = 10 * 60_000;

/** The symbols, asked for once however many ask, and again when one is missing that may be new. */
export function createDirectoryCache(client: CcxtClient, guard: RequestGuard, clock: Clock) {
  let known: { directory: SymbolDirectory; at: number } | undefined;
  let loading: Promise<SymbolDirectory> | undefined;

  async function load(): Promise<SymbolDirectory> {
    const directory = await guard.run(async () => {
      // `true`: without it ccxt would keep a failed attempt for ever.
      const found = createSymbolDirectory(await client.loadMarkets(true));
      if (found.trading.length === 0) throw new ExchangeFailure('malformed', 'the list of symbols is empty');
      return found;
    });
    known = { directory, at: clock() };
    return directory;
  }

  function reload(): Promise<SymbolDirectory> {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  return {
    get: async () => known?.directory ?? reload(),
    async resolve(symbol: string): Promise<string> {
      const directory = known?.directory ?? (await reload());
      try {
        return directory.resolve(symbol);
      } catch (error) {
        if (known === undefined || clock() - known.at < DIRECTORY_MAX_AGE_MS) throw error;
        return (await reload()).resolve(symbol);
      }
    },
  };
}
