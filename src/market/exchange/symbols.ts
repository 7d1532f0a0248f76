import { PaperdeskError } from '../../errors.ts';
import { editDistance } from '../../runtime/edit-distance.ts';
import { createSingleFlight } from '../../runtime/single-flight.ts';
import type { Clock } from '../../runtime/timers.ts';
import { canonicalSymbol, SYMBOL } from '../../symbol.ts';
import type { CcxtClient } from './ccxt-client.ts';
import { malformed } from './failure.ts';
import type { RequestGuard } from './request-guard.ts';

type SymbolDirectory = ReturnType<typeof createSymbolDirectory>;

const MAX_QUOTED_LENGTH = 40;
/** The list of symbols is requested again when it is older than this, before it is shown or a symbol is refused. */
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
      throw unknownSymbol(`The exchange has no linear perpetual "${quoted(symbol)}"`, symbol, trading);
    },
    /** @throws PaperdeskError SYMBOL_UNKNOWN with the closest names, also if it has stopped trading */
    requireTrading(symbol: string): void {
      if (trading.includes(symbol)) return;
      const sentence = unified.has(symbol)
        ? `${quoted(symbol)} has stopped trading on the exchange`
        : `The exchange has no linear perpetual "${quoted(symbol)}"`;
      throw unknownSymbol(sentence, symbol, trading);
    },
  };
}

function unknownSymbol(sentence: string, symbol: string, trading: readonly string[]): PaperdeskError {
  const closest = closestNames(symbol, trading);
  const hint = closest.length === 0 ? '' : ` The closest ones are ${closest.join(', ')}.`;
  return new PaperdeskError('SYMBOL_UNKNOWN', `${sentence}.${hint}`);
}

function quoted(symbol: string): string {
  return symbol.slice(0, MAX_QUOTED_LENGTH);
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

  /** Asks the known directory; one that refuses and is old is requested again first. */
  async function asking<T>(question: (directory: SymbolDirectory) => T): Promise<T> {
    const directory = known?.directory ?? (await load());
    try {
      return question(directory);
    } catch (error) {
      if (known === undefined || clock() - known.at < MAX_AGE_MS) throw error;
      return question(await load());
    }
  }

  return {
    trading: async () => {
      if (known !== undefined && clock() - known.at < MAX_AGE_MS) return known.directory.trading;
      return (await load()).trading;
    },
    resolve: (symbol: string) => asking((directory) => directory.resolve(symbol)),
    requireTrading: (symbol: string) => asking((directory) => directory.requireTrading(symbol)),
    /** Null while the list is not known; it is then requested, so that all nodes come to the same answer. */
    isTrading(symbol: string): boolean | null {
      // A failure is in the status of the exchange, and the next question requests the list again.
      if (known === undefined) load().catch(() => {});
      return known?.directory.trading.includes(symbol) ?? null;
    },
  };
}

/** Exchanges list tokens of tiny prices by the thousand or million: `1000PEPEUSDT`. */
const MULTIPLE = /^(?:10{3,}|1M)(?=\D)/;

/**
 * The three `names` with the smallest edit distance to `name`, ignoring case and a multiple before the name of a token, for
 * which there is no distance.
 */
export function closestNames(name: string, names: readonly string[]): string[] {
  const start = withoutMultiple(name.slice(0, MAX_QUOTED_LENGTH));
  return names
    .map((candidate) => ({ candidate, distance: editDistance(start, withoutMultiple(candidate)) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function withoutMultiple(name: string): string {
  return name.toUpperCase().replace(MULTIPLE, '');
}
