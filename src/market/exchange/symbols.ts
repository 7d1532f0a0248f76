import { PaperdeskError } from '../../errors.ts';

/** The linear perpetuals of an exchange: `BTCUSDT` outside, `BTC/USDT:USDT` for ccxt. */
export interface SymbolDirectory {
  /** Those that trade, sorted. */
  readonly trading: readonly string[];
  /**
   * ccxt's form of `symbol`.
   * @throws PaperdeskError SYMBOL_UNKNOWN naming the closest ones
   */
  resolve(symbol: string): string;
}

const SYMBOL = /^[\p{L}\p{N}]{2,40}$/u;
const LONGEST_QUOTE = 40;

/** Reads ccxt's markets, which came from outside: what is no linear perpetual is left out. */
export function createSymbolDirectory(markets: unknown): SymbolDirectory {
  const unified = new Map<string, string>();
  const trading: string[] = [];
  for (const market of Object.values(markets ?? {}) as unknown[]) {
    if (typeof market !== 'object' || market === null) continue;
    const { symbol, base, quote, settle, swap, linear, active } = market as Record<string, unknown>;
    if (swap !== true || linear !== true || settle !== quote) continue;
    if (typeof symbol !== 'string' || typeof base !== 'string' || typeof quote !== 'string') continue;
    const name = base + quote;
    if (!SYMBOL.test(name) || unified.has(name)) continue;
    unified.set(name, symbol);
    // One that stopped trading keeps its history but is not offered.
    if (active !== false) trading.push(name);
  }
  trading.sort();
  return {
    trading,
    resolve(symbol) {
      const found = unified.get(symbol);
      if (found !== undefined) return found;
      const closest = closestNames(symbol, trading);
      const hint = closest.length === 0 ? '' : ` The closest ones are ${closest.join(', ')}.`;
      throw new PaperdeskError(
        'SYMBOL_UNKNOWN',
        `The exchange has no linear perpetual "${symbol.slice(0, LONGEST_QUOTE)}".${hint}`,
      );
    },
  };
}

/** The three of `names` that take the fewest changes to become `name`, whatever the case. */
export function closestNames(name: string, names: readonly string[]): string[] {
  const wanted = name.slice(0, LONGEST_QUOTE).toUpperCase();
  return names
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toUpperCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance: insertions, deletions and substitutions. */
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
