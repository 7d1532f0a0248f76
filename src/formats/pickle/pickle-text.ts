import { numberIfSafe } from '../numbers.ts';

/** Operands of the text opcodes of protocol 0, as Python writes them; undefined for anything else. */

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** `'it\'s \x00'` -> the string: the repr of a Python 2 str. */
export function parseQuoted(line: string): string | undefined {
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote) return undefined;
  let valid = true;
  const text = line
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])?/g, (_match, code: string | undefined) => {
      if (code === undefined) {
        valid = false;
        return '';
      }
      if (code.length === 3 && code.startsWith('x')) {
        return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      }
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
      return ESCAPES[code] ?? `\\${code}`;
    });
  return valid ? text : undefined;
}

/** Raw-unicode-escape: latin-1 with \uXXXX and \UXXXXXXXX. */
export function parseRawUnicode(line: string): string | undefined {
  let valid = true;
  const text = line.replace(
    /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g,
    (_match, short: string | undefined, long: string | undefined) => {
      const code = Number.parseInt(short ?? long ?? '', 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      valid = false;
      return '';
    },
  );
  return valid ? text : undefined;
}

/** Decimal integer; the caller bounds the length. */
export function parseInteger(text: string): number | bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  return numberIfSafe(BigInt(text));
}

export function parseIndex(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The repr of a Python float. */
export function parseFloatText(text: string): number | undefined {
  const special = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };
  if (text === 'nan' || text === 'inf' || text === '-inf') return special[text];
  return text.length <= 64 && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** Little-endian two's complement of any length. */
export function integerFromBytes(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return numberIfSafe(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)));
}
