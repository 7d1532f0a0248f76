import { PaperdeskError } from '../../errors.ts';
import { createSingleFlight } from '../../runtime/single-flight.ts';
import type { Clock } from '../../runtime/timers.ts';
import { canonicalSymbol, SYMBOL } from '../../symbol.ts';
import type { CcxtClient } from './ccxt-client.ts';
import { malformed } from './failure.ts';
import type { RequestGuard } from './request-guard.ts';

type SymbolDirectory = ReturnType<typeof createSymbolDirectory>;

const MAX_QUOTED_LENGTH = 40;
/** An unknown symbol may be new: the list is then requested again if it is older than this. */
const MAX_AGE_MS = 10 * 60_000;

/**
 * The linear perpetuals among ccxt's markets, which are untrusted: `BTCUSDT` is `BTC/USDT:USDT` in ccxt's unified form
 * (market.md#2).
 */
export function createSymbolDirectory(markets: unknown) {
  const unified = new Map<string, string>();
  const trading: string[] = [];
  for (const market of Object.values(markets ?? {}) as unknown[]) {
    if (typeof market !== 'object' || market === null) continue;
    const { symbol, base, quote, settle, swap, linear, active } = market as Record<string, unknown>;
    if (swap !== true || linear !== true || settle !== quote) continue;
    if (typeof symbol !== 'string' || typeof base !== 'string' || typeof quote !== 'string') continue;
    const name = canonicalSymbol(base + quote);
    if (!SYMBOL.test(name) || unified.has(name)) continue;
    unified.set(name, symbol);
    // A symbol that stopped trading keeps its history but is not offered.
    if (active !== false) trading.push(name);
  }
  trading.sort();
  return {
    /** The symbols that trade, sorted. */
    trading: trading as readonly string[],
    /** The unified form of `symbol`. @throws PaperdeskError SYMBOL_UNKNOWN with the closest names */
    resolve(symbol: string): string {
      const found = unified.get(symbol);
      if (found !== undefined) return found;
      const closest = closestNames(symbol, trading);
      const hint = closest.length === 0 ? '' : ` The closest ones are ${closest.join(', ')}.`;
      throw new PaperdeskError(
        'SYMBOL_UNKNOWN',
        `The exchange has no linear perpetual "${symbol.slice(0, MAX_QUOTED_LENGTH)}".${hint}`,
      );
    },
  };
}

/** The directory of an exchange, requested once, and again for a symbol that may be new. */
export function createSymbols(client: CcxtClient, guard: RequestGuard, clock: Clock) {
  const singleFlight = createSingleFlight<SymbolDirectory>();
  let known: { readonly directory: SymbolDirectory; readonly at: number } | undefined;

  const load = () =>
    singleFlight('symbols', async () => {
      const directory = await guard.run(async () => {
        // `true`: otherwise ccxt would cache a failed attempt.
        const found = createSymbolDirectory(await client.loadMarkets(true));
        if (found.trading.length === 0) throw malformed('the list of symbols is empty');
        return found;
      });
      known = { directory, at: clock() };
      return directory;
    });

  return {
    trading: async () => (known?.directory ?? (await load())).trading,
    async resolve(symbol: string): Promise<string> {
      const directory = known?.directory ?? (await load());
      try {
        return directory.resolve(symbol);
      } catch (error) {
        if (known === undefined || clock() - known.at < MAX_AGE_MS) throw error;
        return (await load()).resolve(symbol);
      }
    },
  };
}

/** The three `names` with the smallest edit distance to `name`, ignoring case. */
export function closestNames(name: string, names: readonly string[]): string[] {
  const start = name.slice(0, MAX_QUOTED_LENGTH).toUpperCase();
  return names
    .map((candidate) => ({ candidate, distance: editDistance(start, candidate.toUpperCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(
        Math.min(substitution, (previous[column] as number) + 1, (current[column - 1] as number) + 1),
      );
    }
    previous = current;
  }
  return previous[b.length] as number;
}
