/** Pseudorandom numbers in [0, 1); equal seeds give equal numbers (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers spread evenly around `mean` with the standard deviation `deviation`. */
export function spread(random: () => number, deviation: number, mean = 0): () => number {
  const width = deviation * Math.sqrt(12);
  return () => mean + (random() - 0.5) * width;
}
