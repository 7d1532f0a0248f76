import { counted } from '../../runtime/counted.ts';
import type { TableComparison } from './compare-table.ts';
import type { MoveReport } from './move-store.ts';

/** The report for people: a line per table, then the ledgers. */
export function moveReportText({ tables, ledgers, files }: MoveReport): string {
  const width = Math.max(...tables.map(({ table }) => table.length));
  const lines = tables.map((table) => `${table.table.padEnd(width)}  ${lineOf(table)}`);
  const checked = files === undefined ? [] : [fileSentence(files)];
  return [...lines, '', ledgerSentence(ledgers), ...checked].join('\n');
}

function lineOf({ source, target, difference }: TableComparison): string {
  const rows = (count: number) => count.toLocaleString('en').padStart(12);
  if (difference === undefined) return `${rows(source.rows)} rows, SHA-256 ${source.sha256}`;
  return (
    `${rows(source.rows)} rows in the source, SHA-256 ${source.sha256}; ${target.rows.toLocaleString('en')} in the ` +
    `target, SHA-256 ${target.sha256}: ${difference}`
  );
}

function ledgerSentence({ accounts, unbalanced }: MoveReport['ledgers']): string {
  const [first] = unbalanced;
  if (first === undefined) return `The ledgers of all ${accounts} accounts add up to their wallets.`;
  return (
    `${unbalanced.length} of ${accounts} accounts do not add up. The first, ${first.id}, has ${first.wallet} in its ` +
    `wallet; its initial balance and its ledger add up to ${first.sum}.`
  );
}

function fileSentence({ packages, files, bytes }: NonNullable<MoveReport['files']>): string {
  return `Every file has its SHA-256: ${counted(files, 'file')} of ${counted(packages, 'package')}, ${counted(bytes, 'byte')}.`;
}
