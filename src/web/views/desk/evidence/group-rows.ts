import type { AttributionAnswer } from '../../../../http/attribution/schema.ts';
import { count } from '../../../format/numbers.ts';
import { closeLabel } from '../labels.ts';

/** Lots of one kind: what it is called, how many, and what they made in USDT. */
export interface LotGroup {
  readonly label: string;
  readonly lots: number;
  readonly amount: number;
}

type Groups = AttributionAnswer['by_hour'];

const CONFIDENCES = ['0', '50', '55', '60', '70', '80', '90'];
const BLOCK_HOURS = 6;

/** By how lots ended, the largest loss first; open lots last. */
export function reasonGroups(groups: Groups): LotGroup[] {
  return Object.entries(groups)
    .sort(
      ([a, one], [b, other]) => Number(a === 'OPEN') - Number(b === 'OPEN') || one.net_usdt - other.net_usdt,
    )
    .map(([reason, { lots, net_usdt }]) => ({
      label: reason === 'OPEN' ? 'Still open' : closeLabel(reason),
      ...{ lots, amount: net_usdt },
    }));
}

/** By how many of 100 sampled actions agreed with the one that opened them. */
export function confidenceGroups(groups: Groups): LotGroup[] {
  return Object.entries(groups)
    .sort(([a], [b]) => CONFIDENCES.indexOf(a) - CONFIDENCES.indexOf(b))
    .map(([key, { lots, net_usdt }]) => ({ label: confidenceName(key), lots, amount: net_usdt }));
}

/** By the part of the UTC day in which they were opened, a quarter each. */
export function hourGroups(groups: Groups): LotGroup[] {
  const twoDigits = (hour: number) => String(hour).padStart(2, '0');
  return Array.from({ length: 24 / BLOCK_HOURS }, (_, block) => {
    const from = block * BLOCK_HOURS;
    const hours = Array.from({ length: BLOCK_HOURS }, (_, hour) => groups[twoDigits(from + hour)]);
    return {
      label: `${twoDigits(from)} to ${twoDigits(from + BLOCK_HOURS)}`,
      lots: hours.reduce((sum, one) => sum + (one?.lots ?? 0), 0),
      amount: hours.reduce((sum, one) => sum + (one?.net_usdt ?? 0), 0),
    };
  }).filter(({ lots }) => lots > 0);
}

/** A group as a row of bars, with its number of lots. */
export function barRow({ label, lots, amount }: LotGroup): { label: string; amount: number } {
  return { label: `${label} (${count(lots)})`, amount };
}

function confidenceName(key: string): string {
  if (key === 'none') return 'Without';
  const next = CONFIDENCES[CONFIDENCES.indexOf(key) + 1];
  return next === undefined ? `${key} and more` : `${key} to ${next}`;
}
