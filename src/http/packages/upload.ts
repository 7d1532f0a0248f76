import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { PaperdeskError } from '../../errors.ts';
import { namesOf, type PackageAliases } from '../../packages/aliases.ts';
import { labelText } from '../../packages/label-text.ts';
import { requireOwnName } from '../../packages/look-alikes.ts';
import { packageIdOf } from '../../packages/package-id.ts';
import type { PackageStore } from '../../packages/package-store.ts';
import type { StagedUpload } from '../../packages/staged-upload.ts';
import type { PackageFileName } from '../../packages/stored-file.ts';

/** An upload whose files are in a staging folder (http.md#11). */
export interface Upload {
  readonly staged: StagedUpload;
  readonly name: string;
  readonly notes: string | undefined;
  /** The id of the package that this is the next version of. */
  readonly versionOf: string | undefined;
}

const FILE_PARTS = ['forecast_model', 'ppo_model', 'scaler', 'manifest', 'vec_normalize', 'proof'] as const;
const TEXT_PARTS = ['name', 'notes', 'version_of'] as const;

const BINARY_PARTS: readonly FilePart[] = ['forecast_model', 'ppo_model', 'vec_normalize'];

type FilePart = (typeof FILE_PARTS)[number];
type TextPart = (typeof TEXT_PARTS)[number];
type Texts = Map<TextPart, string>;

const MAX_TEXT_BYTES = 64 * 1024;

/**
 * Streams a multipart upload into a staging folder, part by part.
 * @throws PART_MISSING, PART_DUPLICATE, PART_UNKNOWN, VALIDATION, ALIAS_NOT_FOUND, PAYLOAD_TOO_LARGE, DISK_FULL, MULTIPART_MALFORMED;
 * the staging folder is then deleted
 */
export async function receiveUpload(
  request: FastifyRequest,
  store: Pick<PackageStore, 'stage'>,
  aliases: Pick<PackageAliases, 'resolve' | 'list'>,
  uploadId: string,
): Promise<Upload> {
  const staged = await store.stage(uploadId);
  try {
    const texts: Texts = new Map();
    const received = new Set<string>();
    await forEachPart(request, async (part) => {
      const { fieldname } = part;
      if (received.has(fieldname)) {
        throw new PaperdeskError('PART_DUPLICATE', `The part "${fieldname}" was sent twice; send it once.`);
      }
      received.add(fieldname);
      if (isOneOf(TEXT_PARTS, fieldname)) texts.set(fieldname, await readText(fieldname, part));
      else if (isOneOf(FILE_PARTS, fieldname)) await storeFile(fieldname, part, staged);
      else throw unknown(fieldname);
    });
    if (!received.has('forecast_model')) throw missing('forecast_model', 'a file, the .pt');
    if (!received.has('ppo_model')) throw missing('ppo_model', 'a file, the .zip');
    const name = textOf(texts, 'name');
    if (name === undefined) throw missing('name', 'a text field with the name of the package');
    requireOwnName(name, await namesOf(aliases));
    const earlier = texts.get('version_of')?.trim();
    const versionOf = earlier ? packageIdOf(await aliases.resolve(earlier)) : undefined;
    return { staged, name, notes: textOf(texts, 'notes'), versionOf };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** After a fault the rest of the body is read and ignored: a client that is still sending would miss the response. */
async function forEachPart(
  request: FastifyRequest,
  receive: (part: MultipartFile) => Promise<void>,
): Promise<void> {
  // The parser would wait forever for the end of a request that is already aborted.
  if (request.raw.destroyed) throw malformed(new Error('the client disconnected'));
  let fault: unknown;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') continue;
      if (fault === undefined) {
        await receive(part).catch((error: unknown) => {
          fault = error;
        });
      }
      if (fault !== undefined) part.file.resume();
    }
  } catch (error) {
    fault ??= error;
  }
  if (fault !== undefined) throw hasCode(fault) ? fault : malformed(fault as Error);
}

async function storeFile(name: FilePart, part: MultipartFile, staged: StagedUpload): Promise<void> {
  const { file, filename } = part;
  if (filename === undefined && isOneOf(BINARY_PARTS, name)) {
    throw new PaperdeskError(
      'PART_UNKNOWN',
      `The part "${name}" was sent as a text, not as a file; with curl write -F ${name}=@path, with the @.`,
    );
  }
  const { start, chunks } = await peek(file);
  await staged.write(fileNameOf(name, start), chunks);
  if (file.truncated) throw tooLarge(name, 'this service accepts (UPLOAD_MAX_BYTES)');
}

async function readText(name: TextPart, { file }: MultipartFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of file as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_TEXT_BYTES) throw tooLarge(name, `${MAX_TEXT_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new PaperdeskError('VALIDATION', `The part "${name}" is not text in UTF-8.`);
  }
}

/** Reads the first chunk; `chunks` begins with it. */
async function peek(file: AsyncIterable<Uint8Array>) {
  const iterator = file[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* chunks(): AsyncIterableIterator<Uint8Array> {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { start: first.done ? new Uint8Array() : first.value, chunks: chunks() };
}

/** A scaler is named by its content, because clients name both forms alike. */
function fileNameOf(part: FilePart, start: Uint8Array): PackageFileName {
  if (part === 'forecast_model') return 'forecast_model.pt';
  if (part === 'ppo_model') return 'ppo_policy.zip';
  if (part === 'manifest') return 'manifest.json';
  if (part === 'proof') return 'proof.json';
  if (part === 'vec_normalize') return 'vec_normalize.pkl';
  const isJson = /^(\xef\xbb\xbf)?\s*\{/.test(Buffer.from(start.subarray(0, 64)).toString('latin1'));
  return isJson ? 'scaler.json' : 'scaler.pkl';
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

function unknown(name: string): PaperdeskError {
  return new PaperdeskError(
    'PART_UNKNOWN',
    `The part ${JSON.stringify(name.slice(0, 100))} is not known; the files are ${FILE_PARTS.join(', ')}, and the ` +
      `texts ${TEXT_PARTS.join(', ')}.`,
  );
}

function tooLarge(part: string, limit: string): PaperdeskError {
  return new PaperdeskError('PAYLOAD_TOO_LARGE', `The part "${part}" is larger than ${limit}.`);
}

/** Undefined if it is missing or empty. @throws VALIDATION for a text that is not accepted */
function textOf(texts: Texts, name: 'name' | 'notes'): string | undefined {
  return labelText(name, texts.get(name) ?? '') || undefined;
}

function missing(part: string, content: string): PaperdeskError {
  return new PaperdeskError('PART_MISSING', `The part "${part}" is missing: send ${content}.`);
}

/** The code of an aborted request; its other errors have none. */
const CLIENT_DISCONNECTED = 'ECONNRESET';

/** Errors of paperdesk, Fastify and the operating system have a code; the multipart parser's errors have none. */
function hasCode(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof PaperdeskError || (typeof code === 'string' && code !== CLIENT_DISCONNECTED);
}

function malformed(error: Error): PaperdeskError {
  return new PaperdeskError('MULTIPART_MALFORMED', `The multipart body cannot be read: ${error.message}.`, {
    cause: error,
  });
}
