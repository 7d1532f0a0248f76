import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commentsOf } from './comments.ts';
import { type MarkdownDocument, type Placed, parseMarkdown } from './markdown.ts';

/**
 * Checks that the references of comments and documents exist (docs/reference/README.md):
 * - citations in comments, `paper.md#12` or `docs/security.md`: document and rule
 * - rules cited in documents, and the links between documents: document and anchor
 */

const CODE_FOLDERS = ['src', 'simulator', 'scripts', 'bench', 'test', 'migrations'];
const ROOT_DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const REFERENCE = 'docs/reference';
const IS_CODE = /\.(ts|tsx|js)$/;
/** A path, `#` and a rule or an anchor; a space between them is a mistake. */
const CITATION = /(?<![\w./-])((?:\.?[\w-]+\/)*[A-Za-z][\w-]*\.md)(?:( *)#([\w-]+))?/g;

export interface References {
  /** One line for each mistake: `file:line: sentence`. */
  readonly problems: readonly string[];
  readonly citations: number;
  readonly links: number;
}

/** @param root the project's folder; no citation or link at all is a problem too: then the check is broken */
export async function checkReferences(root: string): Promise<References> {
  const documents = await readDocuments(root);
  const problems: string[] = [];
  const report = (file: string, line: number, problem: string | undefined) => {
    if (problem !== undefined) problems.push(`${file}:${line}: ${problem}`);
  };

  let citations = 0;
  for (const file of await codeFiles(root)) {
    const text = await readFile(join(root, file), 'utf8');
    if (!text.includes('.md')) continue;
    for (const comment of commentsOf(file, text)) {
      for (const citation of citationsIn(comment)) {
        citations += 1;
        report(file, citation.line, problemOfCitation(root, documents, citation));
      }
    }
  }

  let links = 0;
  for (const [file, document] of documents) {
    for (const { line, text } of document.rules) {
      const isRepeated = document.rules.some((rule) => rule.text === text && rule.line < line);
      report(file, line, isRepeated ? `rule ${text} stands here for the second time.` : undefined);
    }
    for (const { line, text } of document.links) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(text)) continue;
      links += 1;
      report(file, line, problemOfLink(root, documents, file, text));
    }
    for (const [index, text] of document.lines.entries()) {
      for (const citation of citationsIn({ line: index + 1, text })) {
        if (!isRule(citation.target)) continue;
        report(file, citation.line, problemOfCitation(root, documents, citation));
      }
    }
  }
  if (citations === 0) problems.push('No comment cites a document: this check is not working.');
  if (links === 0) problems.push('No document links to another: this check is not working.');
  return { problems, citations, links };
}

type Documents = ReadonlyMap<string, MarkdownDocument>;

async function readDocuments(root: string): Promise<Documents> {
  const paths = [
    ...ROOT_DOCUMENTS,
    ...(await filesBelow(root, 'docs')).filter((path) => path.endsWith('.md')),
  ];
  const documents = new Map<string, MarkdownDocument>();
  for (const path of paths) {
    if (existsSync(join(root, path)))
      documents.set(path, parseMarkdown(await readFile(join(root, path), 'utf8')));
  }
  return documents;
}

async function codeFiles(root: string): Promise<string[]> {
  const folders = await Promise.all(CODE_FOLDERS.map((folder) => filesBelow(root, folder)));
  return [...(await readdir(root)), ...folders.flat()].filter(
    (path) => IS_CODE.test(path) && !path.startsWith('test/fixtures/'),
  );
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

interface Citation extends Placed {
  readonly path: string;
  readonly blank: string;
  /** The text after `#`: a rule's number or a heading's anchor. */
  readonly target: string | undefined;
}

function citationsIn({ line, text }: Placed): Citation[] {
  return Array.from(text.matchAll(CITATION), (match) => ({
    line: line + text.slice(0, match.index).split('\n').length - 1,
    text: match[0],
    path: match[1]!,
    blank: match[2] ?? '',
    target: match[3],
  }));
}

function isRule(target: string | undefined): target is string {
  return target !== undefined && /^\d+$/.test(target);
}

/** A bare name is a document of the reference; one in capitals is a document of the project's folder. */
export function pathOfCitation(path: string): string {
  return path.includes('/') || /^[A-Z]+\.md$/.test(path) ? path : `${REFERENCE}/${path}`;
}

function problemOfCitation(
  root: string,
  documents: Documents,
  { text, path, blank, target }: Citation,
): string | undefined {
  if (blank !== '') return `"${text}" has a blank; write ${path}#${target}.`;
  const found = pathOfCitation(path);
  if (!existsSync(join(root, found))) return `there is no ${found} ("${text}").`;
  return target === undefined ? undefined : problemOfTarget(documents, found, target);
}

function problemOfLink(root: string, documents: Documents, file: string, link: string): string | undefined {
  const [path, target] = link.split('#', 2) as [string, string | undefined];
  const found = path === '' ? file : normalize(join(dirname(file), path)).replaceAll('\\', '/');
  if (!existsSync(join(root, found))) return `there is no ${found} (link to "${link}").`;
  if (target === undefined) return undefined;
  if (documents.get(found)?.anchors.has(target) === true) return undefined;
  return `${found} has no heading #${target}.`;
}

function problemOfTarget(documents: Documents, path: string, target: string): string | undefined {
  const document = documents.get(path);
  if (document === undefined) return `${path} is not among the documents whose rules can be cited.`;
  if (!isRule(target)) {
    return document.anchors.has(target) ? undefined : `${path} has no heading #${target}.`;
  }
  return document.rules.some(({ text }) => text === target) ? undefined : `${path} has no rule ${target}.`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { problems, citations, links } = await checkReferences(process.cwd());
  for (const problem of problems) console.error(problem);
  console.log(
    `${citations} citations in comments, ${links} links between documents, ${problems.length} problems`,
  );
  if (problems.length > 0) process.exitCode = 1;
}
