import { promisify } from 'node:util';
import { gunzipSync, inflateRaw, inflateSync } from 'node:zlib';

/** Decompressed bytes, and how many compressed bytes they took. */
interface Decompressed {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

interface Options {
  readonly maxOutputLength: number;
  readonly info: true;
}

// With `info: true` zlib also returns its stream, which the types of Node do not declare.
type WithInfo = { buffer: Uint8Array; engine: { bytesWritten: number } };
const inflateRawWithInfo = promisify(inflateRaw) as unknown as (
  bytes: Uint8Array,
  options: Options,
) => Promise<WithInfo>;

const SYNC = { gzip: gunzipSync, zlib: inflateSync } as unknown as Readonly<
  Record<'gzip' | 'zlib', (bytes: Uint8Array, options: Options) => WithInfo>
>;

/**
 * Decompresses raw deflate to at most `maxBytes` bytes, outside the event loop.
 * @throws RangeError beyond `maxBytes`, zlib's errors for damaged data
 */
export async function decompressDeflate(compressed: Uint8Array, maxBytes: number): Promise<Decompressed> {
  return decompressed(await inflateRawWithInfo(compressed, { maxOutputLength: maxBytes, info: true }));
}

/**
 * Decompresses to at most `maxBytes` bytes before it returns, for threads and for small files.
 * @throws RangeError beyond `maxBytes`, zlib's errors for damaged data
 */
export function decompressSync(
  compression: keyof typeof SYNC,
  compressed: Uint8Array,
  maxBytes: number,
): Decompressed {
  return decompressed(SYNC[compression](compressed, { maxOutputLength: maxBytes, info: true }));
}

function decompressed({ buffer, engine }: WithInfo): Decompressed {
  return { bytes: buffer, consumed: engine.bytesWritten };
}
