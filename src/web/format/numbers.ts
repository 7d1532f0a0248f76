/** Shown where there is no number. */
export const NO_VALUE = '–';

type OptionalNumber = number | null | undefined;

const formats = new Map<string, Intl.NumberFormat>();

function decimal(value: number, minimum: number, maximum = minimum): string {
  const key = `${minimum} ${maximum}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: minimum,
      maximumFractionDigits: maximum,
    });
    formats.set(key, format);
  }
  // The minus sign is as wide as a plus and a digit. A zero has no sign.
  return format
    .format(value)
    .replace(/^-(?=[0.,]*$)/, '')
    .replace('-', '−');
}

function isNumber(value: OptionalNumber): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A whole number with separated thousands: `12,345`. */
export function count(value: OptionalNumber): string {
  return fixed(value, 0);
}

/** A count with its noun: `1 time`, `2 times`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A number with a fixed number of decimals, two unless given. */
export function fixed(value: OptionalNumber, digits = 2): string {
  return isNumber(value) ? decimal(value, digits) : NO_VALUE;
}

/** A number with one decimal. */
export function oneDecimal(value: OptionalNumber): string {
  return fixed(value, 1);
}

/** A number with as many significant digits as given at most, so that a float32 of 0.3 reads `0.3`. */
export function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** A price with decimals that suit its size: `97,123.5`, `1.2345`, `0.00001234`. */
export function price(value: OptionalNumber): string {
  if (!isNumber(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size >= 10_000) return decimal(value, 1);
  if (size >= 100) return decimal(value, 2);
  if (size >= 1) return decimal(value, 4);
  const digits = size === 0 ? 2 : Math.min(12, 3 - Math.floor(Math.log10(size)));
  return decimal(value, 2, digits);
}

/** An amount in USDT without its unit: `1,234.56`. */
export function usdt(value: OptionalNumber): string {
  return fixed(value, 2);
}

/** A leverage: `7x`, `2.5x`. */
export function leverage(value: number): string {
  return `${fixed(value, Number.isInteger(value) ? 0 : 1)}x`;
}

/** `12.34 %` from a number in percent. */
export function percent(value: OptionalNumber, digits = 2): string {
  return isNumber(value) ? `${decimal(value, digits)} %` : NO_VALUE;
}

/** A formatted number with its sign: `+1.20 %`, `−0.40 %`, `0.00 %`. */
export function signed(value: OptionalNumber, format: (value: number) => string): string {
  if (!isNumber(value)) return NO_VALUE;
  const text = format(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A change in percent, with its sign: `+1.20 %`. */
export function signedPercent(value: OptionalNumber): string {
  return signed(value, percent);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `466 MB`, in powers of 1000. */
export function bytes(value: OptionalNumber): string {
  if (!isNumber(value)) return NO_VALUE;
  let size = value;
  let unit = 0;
  // 999.95 kB would round to 1,000.0 kB.
  while (Math.abs(size) >= 999.95 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${decimal(size, 0, unit === 0 || Math.abs(size) >= 100 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}
