/** One line of a benchmark's table; times in ms, memory in MB. */
export interface BenchResult {
  readonly what: string;
  readonly figure: number;
  readonly unit?: 'MB';
  /** The same work done otherwise, in the same run. */
  readonly baseline?: { readonly what: string; readonly figure: number };
  /** What issue or document asks for, in words. */
  readonly goal?: string;
}

/** Runs `work` until it is compiled, then `runs` times; the time of each run in ms, ascending. */
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

/** The value below which `share` of the ascending values lie. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]!;
}

/** The results as a table of aligned columns. */
export function benchTable(results: readonly BenchResult[]): string {
  const rows = [
    ['what', 'figure', 'baseline', 'ratio', 'goal'],
    ...results.map(({ what, figure, unit, baseline, goal }) => [
      what,
      quantity(figure, unit),
      baseline === undefined ? '' : `${quantity(baseline.figure, unit)} (${baseline.what})`,
      baseline === undefined ? '' : (figure / baseline.figure).toFixed(3),
      goal ?? '',
    ]),
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

function quantity(value: number, unit: BenchResult['unit']): string {
  if (unit === 'MB') return `${value.toFixed(0)} MB`;
  const ms = value;
  return ms < 0.1 ? `${(ms * 1000).toPrecision(3)} µs` : `${ms.toPrecision(3)} ms`;
}
