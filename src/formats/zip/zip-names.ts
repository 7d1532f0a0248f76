import { PaperdeskError } from '../../errors.ts';

const UTF8_FLAG = 1 << 11;
/** packages.md#20. */
const MAX_BYTES = 512;

/**
 * Decodes the name of a member.
 * @throws ZIP_FORBIDDEN for names that could lead out of a folder; ZIP_MALFORMED when it is not UTF-8 as declared
 */
export function decodeName(raw: Uint8Array, flags: number): string {
  if (raw.length > MAX_BYTES) throw refuse(`of ${raw.length} bytes`);
  const name = (flags & UTF8_FLAG) === 0 ? Buffer.from(raw).toString('latin1') : decodeUtf8(raw);
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const bad =
    Array.from(name).some((character) => character < ' ') ||
    name.includes('\\') ||
    /^[A-Za-z]:/.test(name) ||
    path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (bad) throw refuse(JSON.stringify(name.slice(0, 100)));
  return name;
}

function decodeUtf8(raw: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch (cause) {
    throw new PaperdeskError('ZIP_MALFORMED', 'The zip container has a member whose name is not UTF-8.', {
      cause,
    });
  }
}

function refuse(name: string): PaperdeskError {
  return new PaperdeskError(
    'ZIP_FORBIDDEN',
    `The zip container has a member with the name ${name}; only plain relative paths are accepted.`,
  );
}
