import { PaperdeskError } from '../../errors.ts';

const UTF8_FLAG = 1 << 11;

/**
 * Decodes the name of a member.
 * @throws ZIP_FORBIDDEN for names that could lead out of a folder; ZIP_MALFORMED when it is not UTF-8 as declared
 */
export function decodeName(raw: Uint8Array, flags: number, maxBytes: number): string {
  if (raw.length > maxBytes) throw refuse(`of ${raw.length} bytes`);
  const name = (flags & UTF8_FLAG) === 0 ? Buffer.from(raw).toString('latin1') : decodeUtf8(raw);
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const bad =
    hasControlCharacter(name) ||
    name.includes('\\') ||
    /^[A-Za-z]:/.test(name) ||
    path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (bad) throw refuse(JSON.stringify(name.slice(0, 100)));
  return name;
}

function hasControlCharacter(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) < 0x20) return true;
  return false;
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
