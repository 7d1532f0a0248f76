import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { settingsTable } from '../src/config.ts';
import { ERROR_CODES, FILE_REFUSALS } from '../src/errors.ts';

const errorRows = (codes: Record<string, { status: number; title: string }>) =>
  Object.entries(codes).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`);

const errorTable = (rows: string[]) => ['| code | status | meaning |', '|---|---|---|', ...rows].join('\n');

/** The tables that stand in documents and come from the program, by document and mark. */
const TABLES: Record<string, Record<string, () => string>> = {
  'README.md': { settings: settingsTable },
  'docs/api.md': { 'error-codes': () => errorTable(errorRows(ERROR_CODES)) },
  'docs/writing-a-package.md': { refusals: () => errorTable(errorRows(FILE_REFUSALS)) },
};

/** Every document with generated tables: its path, its text, and the text it should have. */
export async function documents(): Promise<{ path: string; text: string; wanted: string }[]> {
  return Promise.all(
    Object.entries(TABLES).map(async ([name, marks]) => {
      const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
      const text = await readFile(path, 'utf8');
      let wanted = text;
      for (const [mark, table] of Object.entries(marks)) {
        const block = new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(<!-- /${mark} -->)`);
        if (!block.test(text)) throw new Error(`${name} has no place marked ${mark}.`);
        wanted = wanted.replace(block, (_all, start: string, end: string) => `${start}${table()}\n${end}`);
      }
      return { path, text, wanted };
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, wanted } of await documents()) await writeFile(path, wanted);
}
