import type { AttributionSumsAnswer } from '../../http/attribution/schema.ts';
import { counted, usdt } from './numbers.ts';
import { capitalized } from './text.ts';

/** A step from nothing to the result, in USDT. */
export interface ResultPart {
  readonly label: string;
  readonly amount: number;
}

/** The parts of a result that are not 0, from the price to the costs. Prices are always among them. */
export function resultParts(sums: AttributionSumsAnswer): readonly ResultPart[] {
  const parts: readonly (readonly [label: string, amount: number | null])[] = [
    ['Price moves', sums.price_usdt],
    ['Entry slippage', sums.entry_slippage_usdt],
    ['Exit slippage', sums.exit_slippage_usdt],
    ['Beyond stops', sums.stop_gap_usdt],
    ['Liquidations', sums.liquidation_usdt],
    ['Not known', sums.unknown_usdt],
    ['Fees', sums.fees_usdt],
    ['Funding', sums.funding_usdt],
  ];
  return parts
    .map(([label, amount]) => ({ label, amount: amount ?? 0 }))
    .filter(({ label, amount }) => amount !== 0 || (label === 'Price moves' && sums.price_usdt !== null));
}

/** What slippage added, with that beyond stops; negative where it took. */
export function slippageOf(sums: AttributionSumsAnswer): number {
  return (sums.entry_slippage_usdt ?? 0) + (sums.exit_slippage_usdt ?? 0) + sums.stop_gap_usdt;
}

/** The result in words, as bookkeeping: what was made and what was taken, not what would have been without it. */
export function bookkeepingSentence(sums: AttributionSumsAnswer): string {
  const taken = listOf([
    takenBy('fees', sums.fees_usdt),
    takenBy('slippage', slippageOf(sums)),
    takenBy('liquidations', sums.liquidation_usdt),
    takenBy('funding', sums.funding_usdt),
  ]);
  const { price_usdt: price, net_usdt: net } = sums;
  const received = sums.funding_usdt > 0 ? ` Funding brought ${usdt(sums.funding_usdt)}.` : '';
  if (price === null)
    return `${taken === '' ? '' : `${capitalized(taken)}. `}The result is ${usdt(net)} USDT.${received}`;
  const begin = `Price moves ${price < 0 ? 'lost' : 'made'} ${usdt(Math.abs(price))} USDT`;
  if (taken === '') return `${begin}.${received}`;
  const costs = price > 0 ? takenOf(taken, net) : `, and ${taken}`;
  return `${begin}${costs}.${received} The result is ${usdt(net)} USDT.`;
}

/** Of what prices made only as much as they made can be taken. */
function takenOf(taken: string, net: number): string {
  return net < 0 ? `. ${capitalized(taken)}` : `. Of these, ${taken}`;
}

function takenBy(name: string, amount: number): string {
  return amount < 0 ? `${name} took ${usdt(-amount)}` : '';
}

function listOf(parts: readonly string[]): string {
  const named = parts.filter((part) => part !== '');
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

/** Why a part is called "Not known"; null where everything is known. */
export function unknownSentence({ unknown_lots: lots }: AttributionSumsAnswer): string | null {
  if (lots === 0) return null;
  return `Of ${counted(lots, 'lot')} the price before slippage is not known, so price moves and slippage are one amount.`;
}
