import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../test/helper/random.ts';

export type Unit = 'ms' | 's' | 'MB' | 'GB/s' | 'GFLOP/s' | '/s' | '%';

/** One line of a benchmark's table. */
export interface BenchResult {
  readonly what: string;
  readonly figure: number;
  /** ms by default. */
  readonly unit?: Unit;
  /** The same work done another way, in the same run. */
  readonly baseline?: { readonly what: string; readonly figure: number };
  /** The required figure; a text is shown and not checked. */
  readonly goal?: Goal | string;
}

export interface Goal {
  readonly text: string;
  isMet(figure: number, baseline: number): boolean;
}

/** The figure is at most `limit`, in its own unit. */
export function atMost(limit: number, text: string): Goal {
  return { text, isMet: (figure) => figure <= limit };
}

/** The figure is at least `limit`, in its own unit. */
export function atLeast(limit: number, text: string): Goal {
  return { text, isMet: (figure) => figure >= limit };
}

/** The figure is at most so many times its baseline. */
export function ratioAtMost(limit: number): Goal {
  return { text: `ratio at most ${limit}`, isMet: (figure, baseline) => figure <= limit * baseline };
}

/** The figure is at least so many times its baseline. */
export function ratioAtLeast(limit: number): Goal {
  return { text: `ratio at least ${limit}`, isMet: (figure, baseline) => figure >= limit * baseline };
}

/** Runs `work` until it is compiled, then `runs` times. @returns the time of each run in ms, ascending */
export function timeRuns(runs: number, work: () => unknown, warmUps = Math.ceil(runs / 4)): Float64Array {
  for (let i = 0; i < warmUps; i++) work();
  const times = new Float64Array(runs);
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    work();
    times[i] = performance.now() - start;
  }
  return times.sort();
}

/** The time of one run, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * The medians in ms of several works that alternate, so that other load of the machine affects all of them. A work may
 * return its own time in ms.
 * @param restMs pause before each run, if threads of the run before may still spin
 */
export async function alternate<Name extends string>(
  runs: number,
  works: Readonly<Record<Name, () => Promise<unknown>>>,
  restMs = 0,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  const random = seededRandom(1);
  for (let run = 0; run < runs + 2; run++) {
    // In another order each time: the caches hold data of the work before.
    for (const name of shuffled(names, random)) {
      if (restMs > 0) await delay(restMs);
      const start = performance.now();
      const own = await works[name]();
      const ms = typeof own === 'number' ? own : performance.now() - start;
      // The first two rounds warm up.
      if (run >= 2) times.get(name)!.push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)])) as Record<Name, number>;
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const keyed = all.map((one) => ({ one, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** The value below which `share` of the ascending values lie. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]!;
}

/** One line as `--json` writes it. */
export function benchRecord({ what, figure, unit = 'ms', baseline, goal }: BenchResult) {
  return {
    what,
    figure,
    unit,
    baseline: baseline ?? null,
    ratio: baseline === undefined ? null : figure / baseline.figure,
    goal: typeof goal === 'string' ? goal : (goal?.text ?? null),
    met: typeof goal === 'object' ? goal.isMet(figure, baseline?.figure ?? Number.NaN) : null,
  };
}

/** The results as a table of aligned columns. */
export function benchTable(results: readonly BenchResult[]): string {
  const rows = [
    ['what', 'figure', 'baseline', 'ratio', 'goal', 'met'],
    ...results.map((result) => {
      const { what, figure, unit, baseline, ratio, goal, met } = benchRecord(result);
      return [
        what,
        quantity(figure, unit),
        baseline === null ? '' : `${quantity(baseline.figure, unit)} (${baseline.what})`,
        ratio === null ? '' : ratio.toFixed(3),
        goal ?? '',
        met === null ? '' : met ? 'yes' : 'NO',
      ];
    }),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function quantity(value: number, unit: Unit): string {
  if (unit === 'ms' && Math.abs(value) < 0.1) return `${(value * 1000).toPrecision(3)} µs`;
  return `${Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}
