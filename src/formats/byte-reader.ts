import { type FileHandle, open } from 'node:fs/promises';
import { PaperdeskError } from '../errors.ts';

/** Random access to the bytes of an uploaded file. */
export interface ByteReader {
  readonly size: number;
  /** Reads `length` bytes from `offset` on. @throws FILE_TRUNCATED when the file has fewer */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Fills `target` from `offset` on; only readers that would have to allocate memory for `read` have it. */
  readInto?(target: Uint8Array, offset: number): Promise<void>;
}

/** @throws FILE_EMPTY for a file without content; `what` names it */
export function checkNotEmpty({ size }: { readonly size: number }, what: string): void {
  if (size === 0) throw new PaperdeskError('FILE_EMPTY', `${what} has 0 bytes.`);
}

/** A reader of bytes in memory; it returns views, not copies. */
export function memoryReader(bytes: Uint8Array): ByteReader {
  return {
    size: bytes.length,
    async read(offset, length) {
      checkRange(bytes.length, offset, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A reader of `size` bytes of another reader, from `start` on. */
export function rangeReader(reader: ByteReader, start: number, size: number): ByteReader {
  return {
    size,
    async read(offset, length) {
      checkRange(size, offset, length);
      return reader.read(start + offset, length);
    },
  };
}

/** A reader of an open file; the caller closes the handle. */
export async function fileReader(handle: FileHandle): Promise<Required<ByteReader>> {
  const { size } = await handle.stat();
  async function readInto(target: Uint8Array, offset: number): Promise<void> {
    const { length } = target;
    checkRange(size, offset, length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(target, done, length - done, offset + done);
      if (bytesRead === 0) throw truncated(size, offset, length);
      done += bytesRead;
    }
  }
  return {
    size,
    readInto,
    async read(offset, length) {
      checkRange(size, offset, length);
      const bytes = new Uint8Array(length);
      await readInto(bytes, offset);
      return bytes;
    },
  };
}

/** Opens a file, passes its reader to `use` and closes the file in any case. */
export function withFileReader<T>(path: string, use: (reader: ByteReader) => Promise<T>): Promise<T> {
  return withFileReaders(new Map([[path, path]]), (readers) => use(readers.get(path)!));
}

/** Opens files, passes their readers to `use` and closes the files in any case. */
export async function withFileReaders<Name, T>(
  paths: ReadonlyMap<Name, string>,
  use: (readers: ReadonlyMap<Name, ByteReader>) => Promise<T>,
): Promise<T> {
  const handles: FileHandle[] = [];
  try {
    const readers = new Map<Name, ByteReader>();
    for (const [name, path] of paths) {
      const handle = await open(path, 'r');
      handles.push(handle);
      readers.set(name, await fileReader(handle));
    }
    return await use(readers);
  } finally {
    for (const handle of handles) await handle.close();
  }
}

function checkRange(size: number, offset: number, length: number): void {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!valid || offset + length > size) throw truncated(size, offset, length);
}

function truncated(size: number, offset: number, length: number): PaperdeskError {
  return new PaperdeskError(
    'FILE_TRUNCATED',
    `The file has ${size} bytes, but ${length} bytes from offset ${offset} on are needed; it is cut off or damaged.`,
  );
}
