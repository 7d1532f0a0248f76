import { isWithin, type Measure, type Tolerance } from '../../decisions/proof/comparison.ts';
import type { ParityResult } from './golden-kind.ts';

const HEADINGS = ['quantity', 'values', 'largest difference', 'allowed', 'of allowed', ''] as const;

/** The result of one golden file as a table with a line per quantity. */
export function reportParity(file: string, { title, measures }: ParityResult): string {
  const rows = [HEADINGS, ...measures.map(tableRow)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column >= 5 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
  return [`${file}: ${title}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function tableRow(measure: Measure): readonly string[] {
  const { quantity, values, tolerance, largest, share, worst } = measure;
  return [
    quantity,
    String(values),
    tolerance === undefined ? (share === 0 ? 'identical' : 'differs') : shortNumber(largest),
    tolerance === undefined ? 'identical' : describeTolerance(tolerance),
    Number.isFinite(share) ? `${(share * 100).toFixed(share > 0 && share < 0.1 ? 2 : 0)} %` : '',
    isWithin(measure) ? 'ok' : `OUT OF TOLERANCE at ${worst}`,
  ];
}

function describeTolerance({ absolute, relative }: Tolerance): string {
  if (relative === 0) return shortNumber(absolute);
  return `${shortNumber(relative)} relative, ${shortNumber(absolute)} near 0`;
}

function shortNumber(value: number): string {
  if (value === 0 || value === 1) return String(value);
  return value.toExponential(1).replace('.0e', 'e');
}
