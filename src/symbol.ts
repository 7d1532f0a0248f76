const LONGEST = 40;

/** A symbol as the service writes it, `BTCUSDT`: letters and digits of any script. */
export const SYMBOL = new RegExp(`^[\\p{L}\\p{N}]{2,${LONGEST}}$`, 'u');

/**
 * A symbol as people and programs write it, as the service does: `btcusdt`, `BTC/USDT`, `BTC-USDT` and `BTC/USDT:USDT` are
 * BTCUSDT (market.md#2). Text that has another form is returned in capital letters, for the error that quotes it.
 */
export function canonicalSymbol(text: string): string {
  const trimmed = text.trim().toUpperCase();
  const pair = /^([^/:_-]+)[/_-]([^/:_-]+)(?::\2)?$/.exec(trimmed);
  return pair === null ? trimmed : `${pair[1]}${pair[2]}`;
}
