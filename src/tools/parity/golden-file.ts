import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { ZodError } from 'zod';
import { PaperdeskError } from '../../errors.ts';
import { coreFeaturesKind } from './core-features-kind.ts';
import { executionKind } from './execution-kind.ts';
import type { GoldenKind, ParityResult, ParityTools } from './golden-kind.ts';
import { packagePathKind } from './package-path-kind.ts';
import { statisticsKind } from './statistics-kind.ts';

const KINDS: readonly GoldenKind[] = [coreFeaturesKind, packagePathKind, executionKind, statisticsKind];

/** Golden files have about a megabyte. */
const MAX_BYTES = 512 * 2 ** 20;

/** A golden file, or the package in it, cannot be used; the message says why. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError';
}

/**
 * Compares paperdesk with the golden file at `path`, `.json` or gzipped.
 * @throws UnusableInputError when the file or its package cannot be read
 */
export async function compareGoldenFile(path: string, tools: ParityTools): Promise<ParityResult> {
  const content = parseJson(await readBytes(path));
  const kind = KINDS.find(({ fields }) => fields.every((field) => Object.hasOwn(content, field)));
  if (kind === undefined) throw new UnusableInputError(`It is none of the known kinds: ${knownKinds()}.`);
  try {
    return await kind.compare(content, tools);
  } catch (error) {
    if (error instanceof ZodError) {
      throw new UnusableInputError(`It is not a golden file of ${kind.name}: ${firstIssue(error)}.`, {
        cause: error,
      });
    }
    if (error instanceof PaperdeskError) throw new UnusableInputError(error.message, { cause: error });
    throw error;
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(path);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
  } catch (cause) {
    throw new UnusableInputError(`It cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

function parseJson(bytes: Uint8Array): object {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new UnusableInputError(`It is not JSON: ${(cause as Error).message}.`, { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UnusableInputError('It is JSON, but not an object.');
  }
  return content;
}

function knownKinds(): string {
  return KINDS.map(({ name, fields }) => `${name} (has ${fields.join(' and ')})`).join(', ');
}

function firstIssue(error: ZodError): string {
  const { path, message } = error.issues[0]!;
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  return `${path.length === 0 ? '' : `${path.join('.')}: `}${message}${more}`;
}
