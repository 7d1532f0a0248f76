import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pathOfCitation } from './check-references.ts';

/**
 * Finds for each row of a table in the documents the tests and benchmarks that fail if the row is not true, and lists
 * them in docs/promises.md (`npm run docs`). A test file begins with lines that name a row, or a whole table, by the
 * beginning of its text as a reader sees it; that of a table is its heading and its first line:
 *
 *     // promise: docs/security.md "Exports are data"
 *     // promise: statistics.md, table "Ratios | code"
 */

const LIST = 'docs/promises.md';
const ROOT_DOCUMENTS = ['README.md', 'CONTRIBUTING.md'];
const ANNOTATION = /^\/\/ promise: (\S+\.md)(, table)? "([^"]+)"$/gm;

/** Tables and rows that no test holds, by document and beginning, with the reason. */
const WITHOUT_TEST: Record<string, Record<string, string>> = {
  'docs/glossary.md': { Glossary: 'explains words' },
  'docs/security.md': { 'Last test results': 'the record of one run; each suite prints its counts' },
  'docs/behind-a-proxy.md': {
    'Connecting for ever': 'what a wrong proxy does',
  },
  'docs/operations.md': {
    'packages | memory of the service':
      'a measurement; `npm run bench -- --only growth` prints it, without a limit',
    'packages | memory of their models':
      'a measurement; `npm run bench -- --only growth` prints it, without a limit',
    'accounts | /paper/compare':
      'a measurement; `npm run bench -- --only statistics` has a limit for its parts',
    'SQLite, one process': 'a measurement; `npm run bench -- --only cluster` prints it, without a limit',
    'PostgreSQL, 2 nodes': 'the same',
    'PostgreSQL, 4 nodes': 'the same',
    'the load balancer': 'no part of the service',
    'PostgreSQL is lost': 'depends on the backups of the operator',
    max_connections: 'advice to the operator',
    shared_buffers: 'advice to the operator',
    'synchronous_commit,': 'advice to the operator',
    synchronous_standby_names: 'advice to the operator',
    default_transaction_isolation: 'advice to the operator',
    autovacuum: 'advice to the operator',
  },
  'docs/reference/statistics.md': {
    'Drift | scaler of': 'a measurement on years of candles that are no part of the project',
  },
};

export interface Table {
  /** Heading and first line, then each row, without marks: cells are separated by ` | `. */
  readonly title: string;
  readonly rows: readonly string[];
}

/** The tables of a document, in order. */
export function tablesOf(markdown: string): Table[] {
  const tables: { title: string; rows: string[] }[] = [];
  let heading = '';
  let isInside = false;
  for (const line of markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').split('\n')) {
    if (line.startsWith('#')) heading = plainText(line.replace(/^#+ /, ''));
    if (!line.startsWith('|')) isInside = false;
    else if (!isInside) {
      tables.push({ title: `${heading} | ${cellsOf(line)}`, rows: [] });
      isInside = true;
    } else if (!/^[|: -]+$/.test(line)) tables.at(-1)!.rows.push(cellsOf(line));
  }
  return tables;
}

function cellsOf(line: string): string {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => plainText(cell))
    .join(' | ');
}

/** Text without the marks of Markdown; quotes are single ones, because an annotation quotes the text. */
function plainText(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*\\]/g, '')
    .replaceAll('"', "'")
    .trim();
}

export interface Promises {
  /** A sentence for each row without a test, and for each annotation without a row. */
  readonly problems: readonly string[];
  /** The expected text of docs/promises.md. */
  readonly list: string;
}

/** @param root the project's folder */
export function readPromises(root: string): Promises {
  const documents: Documents = new Map(documentPaths(root).map((path) => [path, tablesOf(read(root, path))]));
  const problems: string[] = [];
  const holders = new Map([...testsOf(root, documents, problems), ...reasons(documents, problems)]);
  const sections = [...documents].map(([path, tables]) => {
    const lines = tables.flatMap((table, index) => linesOf(table, `${path} ${index}`, holders, problems));
    return lines.length === 0 ? '' : `\n## ${path}\n\n| row | held by |\n|---|---|\n${lines.join('\n')}\n`;
  });
  return { problems, list: [INTRODUCTION, ...sections].join('') };
}

type Documents = ReadonlyMap<string, readonly Table[]>;
/** What holds a table, by document and index, or a row, by document and both indexes. */
type Holders = ReadonlyMap<string, string>;

/** The places of all tables, or of all rows, whose text begins so. */
function placesOf(documents: Documents, path: string, kind: 'table' | 'row', beginning: string): string[] {
  return (documents.get(path) ?? []).flatMap(({ title, rows }, table) => {
    if (kind === 'table') return title.startsWith(beginning) ? [`${path} ${table}`] : [];
    return rows.flatMap((text, row) => (text.startsWith(beginning) ? [`${path} ${table} ${row}`] : []));
  });
}

function testsOf(root: string, documents: Documents, problems: string[]): Holders {
  const found = new Map<string, string>();
  for (const file of testPaths(root)) {
    for (const [all, path, table, beginning] of read(root, file).matchAll(ANNOTATION)) {
      const kind = table === undefined ? 'row' : 'table';
      const [place, other] = placesOf(documents, pathOfCitation(path!), kind, beginning!);
      if (place === undefined || other !== undefined)
        problems.push(`${file}: "${all}" names no ${kind}, or more than one.`);
      else found.set(place, [...(found.get(place)?.split(', ') ?? []), `\`${file}\``].join(', '));
    }
  }
  return found;
}

function reasons(documents: Documents, problems: string[]): Holders {
  const found = new Map<string, string>();
  for (const [path, items] of Object.entries(WITHOUT_TEST)) {
    for (const [beginning, reason] of Object.entries(items)) {
      const kinds = ['table', 'row'] as const;
      const [place, other] = kinds.flatMap((kind) => placesOf(documents, path, kind, beginning));
      if (place === undefined || other !== undefined)
        problems.push(
          `scripts/promises.ts: ${path} has nothing that begins "${beginning}", or more than one.`,
        );
      else found.set(place, `none: ${reason}`);
    }
  }
  return found;
}

/** The lines of a table in the list: one for the whole, and one for each row that something holds by itself. */
function linesOf({ title, rows }: Table, place: string, holders: Holders, problems: string[]): string[] {
  const [heading, column] = title.split(' | ');
  const whole = holders.get(place);
  const single = rows.flatMap((text, row) => {
    const own = holders.get(`${place} ${row}`);
    if (own === undefined && whole === undefined)
      problems.push(`${place.split(' ')[0]}: no test names the row "${text.slice(0, 60)}".`);
    return own === undefined ? [] : [`| ${heading}: ${nameOf(text, rows)} | ${own} |`];
  });
  return whole === undefined ? single : [`| ${heading}: all rows by ${column} | ${whole} |`, ...single];
}

/** The beginning of a row, with its second cell where the first is not enough. */
function nameOf(row: string, rows: readonly string[]): string {
  const [first, second] = row.split(' | ') as [string, string | undefined];
  const isEnough = rows.filter((other) => other.startsWith(`${first} | `)).length < 2;
  const name = isEnough ? first.split(/[.:(] /)[0]! : `${first}, ${second}`;
  return name.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const INTRODUCTION = `# Promises

Every row of the tables in README, CONTRIBUTING and \`docs/\`, and the tests and benchmarks that fail if it is not true, or
the reason why there is none. \`npm run docs\` writes this list from comments in the tests (\`scripts/promises.ts\`).
`;

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function documentPaths(root: string): string[] {
  const found = filesBelow(root, 'docs').filter((path) => path.endsWith('.md') && path !== LIST);
  return [...ROOT_DOCUMENTS, ...found];
}

function testPaths(root: string): string[] {
  const isFixture = (path: string) => path.startsWith('test/fixtures/');
  const found = ['test', 'bench'].flatMap((folder) => filesBelow(root, folder));
  return found.filter((path) => path.endsWith('.ts') && !isFixture(path));
}

function filesBelow(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`).sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { problems, list } = readPromises(root);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  writeFileSync(join(root, LIST), list);
}
