import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkReferences } from '../../../scripts/check-references.ts';
import { commentsOf } from '../../../scripts/comments.ts';
import { parseMarkdown } from '../../../scripts/markdown.ts';

const GOOD: Record<string, string> = {
  'README.md': '# Project\n\n[rules](docs/reference/paper.md#fills-and-fees), [code](src)\n',
  'docs/security.md': '# Security\n\n## Who is trusted?\n',
  'docs/reference/paper.md':
    '# Paper\n\n## Fills and fees\n\n**1. Fill.** As features.md#2 says.\n\n**12. Fee.**\n',
  'docs/reference/features.md': '# Features\n\n| # | name |\n|---|---|\n| 1 | a |\n| 2 | b |\n',
  'src/fill.ts': '/** Fills an order (paper.md#12). */\nexport const fill = 1; // features.md#2\n',
  'test/fill.test.ts': '// docs/security.md#who-is-trusted, README.md, paper.md\n',
};

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Checks a project of the good files and `changes`; null leaves a file out. */
async function check(changes: Record<string, string | null> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'references-'));
  folders.push(root);
  for (const [path, text] of Object.entries({ ...GOOD, ...changes })) {
    if (text === null) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return checkReferences(root);
}

describe('the check of references', () => {
  it('passes where everything that is referred to exists', async () => {
    expect(await check()).toEqual({ problems: [], citations: 5, links: 2 });
  });

  it.each([
    [
      'a document',
      '/**\n * See (paperr.md).\n */',
      'src/a.ts:2: there is no docs/reference/paperr.md ("paperr.md").',
    ],
    [
      'a document elsewhere',
      '// docs/nowhere.md',
      'src/a.ts:1: there is no docs/nowhere.md ("docs/nowhere.md").',
    ],
    [
      'a document of the project',
      '// CHANGELOG.md',
      'src/a.ts:1: there is no CHANGELOG.md ("CHANGELOG.md").',
    ],
    ['a rule', '\n\n// paper.md#2', 'src/a.ts:3: docs/reference/paper.md has no rule 2.'],
    ['a rule of a table', '/* features.md#3 */', 'src/a.ts:1: docs/reference/features.md has no rule 3.'],
    ['a heading', '// docs/security.md#access', 'src/a.ts:1: docs/security.md has no heading #access.'],
    ['a range of rules', '// features.md#1-2', 'src/a.ts:1: docs/reference/features.md has no heading #1-2.'],
    [
      'what is written with a blank',
      '// paper.md #12',
      'src/a.ts:1: "paper.md #12" has a blank; write paper.md#12.',
    ],
  ])('names a comment that cites %s that is not there', async (_what, comment, problem) => {
    expect((await check({ 'src/a.ts': `${comment}\nexport {};\n` })).problems).toEqual([problem]);
  });

  it.each([
    ['a file', '[a](docs/gone.md)', 'README.md:1: there is no docs/gone.md (link to "docs/gone.md").'],
    ['a heading', '[a](docs/security.md#x)', 'README.md:1: docs/security.md has no heading #x.'],
    ['a heading of its own', '[a](#x)', 'README.md:1: README.md has no heading #x.'],
    [
      'a rule',
      '[a](docs/security.md), see paper.md#7',
      'README.md:1: docs/reference/paper.md has no rule 7.',
    ],
  ])('names a document that refers to %s that is not there', async (_what, text, problem) => {
    expect((await check({ 'README.md': `${text}\n` })).problems).toEqual([problem]);
  });

  it('names a rule that stands in a document twice', async () => {
    const { problems } = await check({
      'docs/reference/paper.md': `${GOOD['docs/reference/paper.md']}\n**1. Again.**\n`,
    });
    expect(problems).toEqual(['docs/reference/paper.md:9: rule 1 stands here for the second time.']);
  });

  it('fails where it finds nothing to check', async () => {
    const nothing = { 'src/fill.ts': 'export {};\n', 'test/fill.test.ts': null };
    expect((await check(nothing)).problems).toEqual([
      'No comment cites a document: this check is not working.',
    ]);
    expect((await check({ 'README.md': '# Project\n' })).problems).toEqual([
      'No document links to another: this check is not working.',
    ]);
  });

  it('leaves fixtures alone, and text that is no comment', async () => {
    const { problems } = await check({
      'test/fixtures/made.ts': '// gone.md\n',
      'src/a.tsx': 'export const a = <p title="// gone.md">{`// gone.md`} http://x/gone.md</p>;\n',
    });
    expect(problems).toEqual([]);
  });
});

describe('commentsOf', () => {
  it('finds every comment once, wherever it stands', () => {
    const text = '/** a */\nconst x = /* b */ 1; // c\n\n/* d */\nf(\n  // e\n);\n// g\n';
    expect(commentsOf('x.ts', text).map(({ line, text: comment }) => `${line} ${comment}`)).toEqual([
      '1 /** a */',
      '2 /* b */',
      '2 // c',
      '4 /* d */',
      '6 // e',
      '8 // g',
    ]);
  });
});

describe('parseMarkdown', () => {
  it('makes the anchors of headings as GitHub does', () => {
    const { anchors } = parseMarkdown('# `a.md`, and [B](b.md)\n## Same\n## Same\n## Wie groß? 2 %\n');
    expect([...anchors]).toEqual(['amd-and-b', 'same', 'same-1', 'wie-groß-2-']);
  });

  it('reads nothing in blocks of code', () => {
    const { links, rules } = parseMarkdown('```md\n[a](b.md)\n**1. X.**\n```\n[c](d.md "title")\n');
    expect(links).toEqual([{ line: 5, text: 'd.md' }]);
    expect(rules).toEqual([]);
  });
});
