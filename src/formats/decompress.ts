import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw } from 'node:zlib';

/** Compressions that Node can decompress. */
const DECOMPRESSORS = { gzip: gunzip, zlib: inflate, deflate: inflateRaw };

// With `info: true` zlib also returns its stream, which the types of Node do not declare.
type DecompressWithInfo = (
  bytes: Uint8Array,
  options: { maxOutputLength: number; info: true },
) => Promise<{ buffer: Uint8Array; engine: { bytesWritten: number } }>;

/**
 * Decompresses at most `maxBytes` bytes.
 * @returns the bytes, and how many compressed bytes they took
 * @throws RangeError beyond `maxBytes`, zlib's errors for damaged data
 */
export async function decompress(
  compression: keyof typeof DECOMPRESSORS,
  compressed: Uint8Array,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly consumed: number }> {
  const run = promisify(DECOMPRESSORS[compression]) as unknown as DecompressWithInfo;
  const { buffer, engine } = await run(compressed, { maxOutputLength: maxBytes, info: true });
  return { bytes: buffer, consumed: engine.bytesWritten };
}
