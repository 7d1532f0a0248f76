import type { Fault } from './faults.ts';

type Row = (number | string)[] | Record<string, unknown>;

/** Applies a fault to the rows of a list; other values are returned unchanged. */
export function applyRowFault(body: unknown, fault: Fault | undefined): unknown {
  if (fault === undefined || !Array.isArray(body)) return body;
  const rows = body as Row[];
  switch (fault.kind) {
    case 'empty':
      return [];
    case 'duplicated':
      return rows.flatMap((row) => [row, row]);
    case 'unsorted':
      // Halves swapped: neither ascending nor descending, and the same in every run.
      return [...rows.slice(rows.length / 2), ...rows.slice(0, rows.length / 2)];
    case 'wrong-symbol':
      return rows.map(otherSymbol);
    case 'garbage':
      return rows.map((row, index) => (index === Math.floor(rows.length / 2) ? garbled(row) : row));
    case 'future':
      return [...rows, ...rows.slice(-1).map(nextDay)];
    case 'gap':
      return rows.filter((row) => timeOf(row) < fault.from || timeOf(row) > fault.to);
    default:
      return body;
  }
}

function timeOf(row: Row): number {
  return Number(Array.isArray(row) ? row[0] : row.fundingTime);
}

/** Klines do not name their symbol, so only the prices differ. */
function otherSymbol(row: Row): Row {
  if (!Array.isArray(row)) return { ...row, symbol: 'WRONGUSDT' };
  return row.map((value, index) => (index >= 1 && index <= 4 ? (Number(value) / 30).toFixed(2) : value));
}

/** A candle with its high below its low, or a funding rate that is not a number. */
function garbled(row: Row): Row {
  if (!Array.isArray(row)) return { ...row, fundingRate: 'n/a' };
  return row.map((value, index) => (index === 2 ? '0.01' : value));
}

function nextDay(row: Row): Row {
  const day = 86_400_000;
  if (!Array.isArray(row)) return { ...row, fundingTime: timeOf(row) + day };
  return row.map((value, index) => (index === 0 || index === 6 ? Number(value) + day : value));
}
