import type { LeftFile } from '../../market/files/find-market-files.ts';
import type { ImportResult } from '../../market/files/import-market-file.ts';
import { counted } from '../../runtime/counted.ts';
import { isoTime } from '../../runtime/iso-time.ts';

/** Further gaps are only counted. */
const MAX_LISTED_GAPS = 10;
/** Further files are only counted. */
const MAX_LISTED_FILES = 20;

/** What became of a file: a sentence, and what was special about it. @param ms how long it took */
export function linesOfFile(label: string, result: ImportResult, ms: number): string[] {
  return [
    `${label}: ${sentenceOf(result)} (${(ms / 1000).toFixed(1)} s)`,
    ...notesOf(result).map((note) => `  ${note}`),
    ...linesOfGaps(result),
  ];
}

/** The files that were left out, by reason. */
export function linesOfSkipped(skipped: readonly LeftFile[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { label, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), label]);
  return [...byReason].map(([reason, labels]) => {
    const more = labels.length > MAX_LISTED_FILES ? ` and ${labels.length - MAX_LISTED_FILES} more` : '';
    const names = labels.slice(0, MAX_LISTED_FILES).join(', ');
    return `Skipped ${counted(labels.length, 'file')} (${names}${more}): ${reason.replace(/\.$/, '')}.`;
  });
}

/** All files in a sentence. */
export function sentenceOfAll(results: readonly ImportResult[], refused: number): string {
  const sum = (numberOf: (result: ImportResult) => number) =>
    results.reduce((total, result) => total + numberOf(result), 0).toLocaleString('en');
  const others = refused === 0 ? '' : ` ${refused} cannot be used, see above.`;
  return `Imported ${counted(results.length, 'file')} with ${sum(({ rows }) => rows)} rows; ${sum(({ added }) => added)} are new.${others}`;
}

function sentenceOf({ symbol, content, rows, first, last, added, different }: ImportResult): string {
  const what = content === 'funding' ? `funding rates of ${symbol}` : `${content} candles of ${symbol}`;
  if (first === null || last === null) return `There are no ${what} in the file.`;
  const span = `${isoTime(first)} to ${isoTime(last)}`;
  const unchanged = different === 0 ? '' : `; ${different} are stored with other numbers, which stay`;
  return `${rows} ${what} from ${span}: ${added} are new${unchanged}.`;
}

function notesOf({ duplicates, outOfOrder, repeatedNames }: ImportResult): string[] {
  const note = (count: number, one: string, many: string) =>
    count === 0 ? [] : [count === 1 ? `1 row ${one}` : `${count} rows ${many}`];
  return [
    ...note(duplicates, 'was there twice and counts once.', 'were there twice and count once.'),
    ...note(outOfOrder, 'was out of order and was sorted.', 'were out of order and were sorted.'),
    ...note(
      repeatedNames,
      'names the columns again and was skipped.',
      'name the columns again and were skipped.',
    ),
  ];
}

function linesOfGaps({ gaps }: ImportResult): string[] {
  const total = gaps.reduce((sum, { candles }) => sum + candles, 0);
  if (total === 0) return [];
  const listed = gaps.slice(0, MAX_LISTED_GAPS).map(({ from, to, candles }) => {
    return `  ${isoTime(from)} to ${isoTime(to)}: ${candles} missing`;
  });
  const more = gaps.length > MAX_LISTED_GAPS ? [`  and ${gaps.length - MAX_LISTED_GAPS} more`] : [];
  return [`  ${total} candles are missing in ${counted(gaps.length, 'gap')}:`, ...listed, ...more];
}
