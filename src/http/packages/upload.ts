import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { PaperdeskError } from '../../errors.ts';
import type { PackageFileName } from '../../packages/model-package.ts';
import type { PackageFolders } from '../../packages/package-folders.ts';
import type { StagedUpload } from '../../packages/staged-upload.ts';

/** What `POST /model-packages/upload` brought: texts, and files already written to a staging folder. */
export interface Upload {
  readonly staged: StagedUpload;
  readonly name: string;
  readonly notes: string | undefined;
}

const FILE_PARTS = ['forecast_model', 'ppo_model', 'scaler', 'manifest'] as const;
type FilePart = (typeof FILE_PARTS)[number];

const MAX_NAME_LENGTH = 200;
const MAX_NOTES_LENGTH = 10_000;

/**
 * Streams a multipart upload into a staging folder, part by part; memory stays flat. A faulty request is read to its
 * end all the same, since a client that is still sending would not see the answer.
 * @throws PART_MISSING, PART_DUPLICATE, PART_UNKNOWN, PAYLOAD_TOO_LARGE, DISK_FULL, MULTIPART_MALFORMED; nothing stays staged then
 */
export async function receiveUpload(
  request: FastifyRequest,
  folders: Pick<PackageFolders, 'stage'>,
  uploadId: string,
): Promise<Upload> {
  const staged = await folders.stage(uploadId);
  try {
    // The end of what is gone already would never be told.
    if (request.raw.destroyed) throw malformed(new Error('the client went away'));
    const texts = await receiveParts(request, staged);
    return {
      staged,
      name:
        textOf(texts, 'name', MAX_NAME_LENGTH) ??
        missing('name', 'a text field with the name of the package'),
      notes: textOf(texts, 'notes', MAX_NOTES_LENGTH),
    };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

async function receiveParts(request: FastifyRequest, staged: StagedUpload): Promise<Map<string, string>> {
  const seen = new Set<string>();
  const texts = new Map<string, string>();

  async function receivePart(part: Multipart): Promise<void> {
    if (seen.has(part.fieldname)) {
      throw new PaperdeskError(
        'PART_DUPLICATE',
        `The part "${part.fieldname}" was sent twice; send it once.`,
      );
    }
    seen.add(part.fieldname);
    if (part.type === 'file') await receiveFile(part, staged);
    else if (part.fieldname === 'manifest') await storeText(String(part.value), staged);
    else texts.set(known(part.fieldname, ['name', 'notes'], 'a text'), String(part.value));
  }

  let fault: unknown;
  try {
    for await (const part of request.parts()) {
      try {
        if (fault === undefined) await receivePart(part);
      } catch (error) {
        fault = error;
      }
      if (fault !== undefined && part.type === 'file') part.file.resume();
    }
  } catch (error) {
    fault ??= error;
  }
  if (fault !== undefined) throw isOurs(fault) ? fault : malformed(fault as Error);
  for (const part of ['forecast_model', 'ppo_model'] as const) {
    if (!seen.has(part)) missing(part, part === 'forecast_model' ? 'a file, the .pt' : 'a file, the .zip');
  }
  return texts;
}

async function receiveFile(part: MultipartFile, staged: StagedUpload): Promise<void> {
  const name = known(part.fieldname, FILE_PARTS, 'a file');
  const chunks = part.file[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>;
  const first = await chunks.next();
  const start = first.done ? new Uint8Array() : first.value;
  await staged.write(fileNameOf(name, start), withFirst(first, chunks));
  if (part.file.truncated) {
    throw new PaperdeskError(
      'PAYLOAD_TOO_LARGE',
      `The part "${name}" is larger than this service accepts (UPLOAD_MAX_BYTES).`,
    );
  }
}

async function storeText(text: string, staged: StagedUpload): Promise<void> {
  await staged.write(
    'manifest.json',
    (async function* () {
      yield new TextEncoder().encode(text);
    })(),
  );
}

async function* withFirst(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterable<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** The name a part is stored under; for the scaler the content decides, not what the client called it. */
function fileNameOf(part: FilePart, start: Uint8Array): PackageFileName {
  if (part === 'forecast_model') return 'forecast_model.pt';
  if (part === 'ppo_model') return 'ppo_policy.zip';
  if (part === 'manifest') return 'manifest.json';
  return /^(\xef\xbb\xbf)?\s*\{/.test(Buffer.from(start.subarray(0, 64)).toString('latin1'))
    ? 'scaler.json'
    : 'scaler.pkl';
}

function known<Name extends string>(name: string, names: readonly Name[], kind: string): Name {
  const found = names.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw new PaperdeskError(
    'PART_UNKNOWN',
    `The part ${JSON.stringify(name.slice(0, 100))} was sent as ${kind}; those that can be are ${names.join(', ')}.`,
  );
}

function textOf(texts: Map<string, string>, name: string, limit: number): string | undefined {
  const text = texts.get(name)?.trim();
  if (text === undefined || text === '') return undefined;
  if (text.length > limit) {
    throw new PaperdeskError(
      'VALIDATION',
      `${name} has ${text.length} characters; at most ${limit} are kept.`,
    );
  }
  return text;
}

function missing(part: string, what: string): never {
  throw new PaperdeskError('PART_MISSING', `The part "${part}" is missing: send ${what}.`);
}

/** What Node says of a request whose client went away. */
const CLIENT_IS_GONE = 'ECONNRESET';

/** Errors that already have a code of ours, of Fastify or of the operating system; others come from the parser. */
function isOurs(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof PaperdeskError || (typeof code === 'string' && code !== CLIENT_IS_GONE);
}

function malformed(error: Error): PaperdeskError {
  return new PaperdeskError('MULTIPART_MALFORMED', `The multipart body cannot be read: ${error.message}.`, {
    cause: error,
  });
}
