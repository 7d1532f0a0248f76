import { PaperdeskError } from '../../errors.ts';
import { csvRows } from './csv-rows.ts';
import { jsonRows } from './json-rows.ts';
import type { RowBatch } from './row-batch.ts';

/**
 * The rows of a text, CSV or JSON, in batches.
 * @throws PaperdeskError MARKET_DATA_INVALID when it is neither
 */
export async function* readRows(texts: AsyncIterable<string>): AsyncGenerator<RowBatch> {
  const source = texts[Symbol.asyncIterator]();
  try {
    let head = '';
    while (head === '') {
      const { done, value } = await source.next();
      if (done === true) throw invalid('the file is empty');
      head = value.trimStart();
    }
    if (head.startsWith('<'))
      throw invalid('it is a page or XML, not data; the download failed, so repeat it');
    if (/^(ARROW1|PAR1)/.test(head)) throw invalid('it is feather or parquet, not text');
    const whole = withHead(head, source);
    yield* /^[[{]/.test(head) ? jsonRows(whole) : csvRows(whole);
  } finally {
    await source.return?.(undefined);
  }
}

async function* withHead(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield head;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}

function invalid(problem: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `Line 1 cannot be used: ${problem}.`);
}
