/** What stands where there is no number. */
export const NOTHING = '–';

type Maybe = number | null | undefined;

const cached = new Map<string, Intl.NumberFormat>();

function decimal(value: number, minimum: number, maximum = minimum): string {
  const key = `${minimum} ${maximum}`;
  let format = cached.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: minimum,
      maximumFractionDigits: maximum,
    });
    cached.set(key, format);
  }
  // A true minus is as wide as a plus and a digit; -0 is no loss.
  return format
    .format(value)
    .replace(/^-(?=[0.,]*$)/, '')
    .replace('-', '−');
}

function isNumber(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A whole number with thousands separated: `12,345`. */
export function count(value: Maybe): string {
  return isNumber(value) ? decimal(value, 0) : NOTHING;
}

/** A number with a fixed count of decimals, two unless given. */
export function fixed(value: Maybe, digits = 2): string {
  return isNumber(value) ? decimal(value, digits) : NOTHING;
}

/** A price with as many decimals as its size asks for: `97,123.5`, `1.2345`, `0.00001234`. */
export function price(value: Maybe): string {
  if (!isNumber(value)) return NOTHING;
  const size = Math.abs(value);
  if (size >= 10_000) return decimal(value, 1);
  if (size >= 100) return decimal(value, 2);
  if (size >= 1) return decimal(value, 4);
  const digits = size === 0 ? 2 : Math.min(12, 3 - Math.floor(Math.log10(size)));
  return decimal(value, 2, digits);
}

/** An amount of money without its unit, which stands in the head of a column or behind it: `1,234.56`. */
export function usdt(value: Maybe): string {
  return fixed(value, 2);
}

/** `12.34 %` of a number that is in percent already. */
export function percent(value: Maybe, digits = 2): string {
  return isNumber(value) ? `${decimal(value, digits)} %` : NOTHING;
}

/** The same with its sign: `+1.20 %`, `−0.40 %`, `0.00 %`. */
export function signed(value: Maybe, write: (value: number) => string): string {
  if (!isNumber(value)) return NOTHING;
  const text = write(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `466 MB`, in powers of 1000. */
export function bytes(value: Maybe): string {
  if (!isNumber(value)) return NOTHING;
  let size = value;
  let unit = 0;
  // 999.95 kB would be written as 1,000.0 kB.
  while (Math.abs(size) >= 999.95 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${decimal(size, 0, unit === 0 || Math.abs(size) >= 100 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}
