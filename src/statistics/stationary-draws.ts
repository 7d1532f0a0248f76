import { UPPER_LEVEL, Z } from './interval.ts';
import { seededRandom } from './random.ts';
import { studentTQuantile } from './student-t.ts';

/** Draws of a bootstrap. */
export const DRAWS = 2000;

/** Drawing so many days takes some milliseconds. */
const DAYS_BETWEEN_PAUSES = 50_000;

const SHORTEST_BLOCK = 3;

/** Mean length of a block of days: the smallest whole number of at least 3 whose cube reaches `days`. */
export function blockLength(days: number): number {
  let length = SHORTEST_BLOCK;
  while (length ** 3 < days) length += 1;
  return length;
}

/** Positions of days by the stationary bootstrap of Politis and Romano (1994), the same for the same seed. */
export class StationaryDraws {
  readonly #days: number;
  readonly #newBlock: number;
  readonly #random: () => number;

  constructor(days: number, seed: string) {
    this.#days = days;
    this.#newBlock = 1 / blockLength(days);
    this.#random = seededRandom(seed);
  }

  /** Fills `positions` with the next draw: blocks of random length that wrap round. */
  next(positions: Uint32Array): void {
    const [days, newBlock, random] = [this.#days, this.#newBlock, this.#random];
    let position = 0;
    for (let day = 0; day < positions.length; day++) {
      if (day === 0 || random() < newBlock) position = Math.floor(random() * days);
      else position = position + 1 === days ? 0 : position + 1;
      positions[day] = position;
    }
  }
}

/**
 * Draws `DRAWS` times as many days as there are, and computes a number or more from each draw.
 * @param days at least 1; `pause` yields to the event loop
 */
export async function drawDays(
  days: number,
  seed: string,
  compute: (positions: Uint32Array, draw: number) => void,
  pause: () => Promise<void>,
): Promise<void> {
  const draws = new StationaryDraws(days, seed);
  const positions = new Uint32Array(days);
  const drawsBetweenPauses = Math.max(1, Math.floor(DAYS_BETWEEN_PAUSES / days));
  for (let draw = 0; draw < DRAWS; draw++) {
    draws.next(positions);
    compute(positions, draw);
    if ((draw + 1) % drawsBetweenPauses === 0) await pause();
  }
}

/**
 * By how much an interval is widened, because few days make percentile intervals too short (statistics.md#15); null where
 * there are not more days than a block has.
 */
export function widening(days: number): number | null {
  const block = blockLength(days);
  if (days <= block) return null;
  return (studentTQuantile(UPPER_LEVEL, days / block - 1) / Z) * Math.sqrt(days / (days - block));
}
