/** Powers of ten that are exact in float64. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** Texts of small counts, which are most numbers of a model. */
const SMALL = Array.from({ length: 1000 }, (_, value) => bySearch(value));

/**
 * The shortest decimal that reads back as this float32, written as XGBoost writes numbers: `-4.9283612E-1`, `8E2`,
 * `0E0`, `NaN`, `Infinity`.
 */
export function float32Text(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0E0' : '0E0';
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude < SMALL.length && Number.isInteger(value))
    return value < 0 ? `-${SMALL[-value]}` : SMALL[value]!;
  const exact = magnitude >= 1e-13 && magnitude < 1e14;
  const text = exact ? byArithmetic(magnitude) : bySearch(magnitude);
  return value < 0 ? `-${text}` : text;
}

/**
 * By float64 arithmetic: a whole number below 2^53 times or divided by an exact power of ten is rounded once, like
 * parsing the decimal, so comparing the float32 is enough.
 */
function byArithmetic(magnitude: number): string {
  let exponent = Math.floor(Math.log10(magnitude));
  if (scale(magnitude, -exponent) >= 10) exponent += 1;
  else if (scale(magnitude, -exponent) < 1) exponent -= 1;
  // Nine digits are always enough; most values need seven or eight.
  let digits = 8;
  let whole = Math.round(scale(magnitude, digits - 1 - exponent));
  if (Math.fround(scale(whole, exponent - digits + 1)) !== magnitude) {
    return bySearch(magnitude, 9);
  }
  while (digits > 1) {
    const shorter = Math.round(scale(magnitude, digits - 2 - exponent));
    if (Math.fround(scale(shorter, exponent - digits + 2)) !== magnitude) break;
    digits -= 1;
    whole = shorter;
  }
  // Rounding up may have added a digit: 9.99 became 10.
  return whole === POWERS[digits] ? `1E${exponent + 1}` : scientific(String(whole), exponent);
}

function scale(value: number, exponent: number): number {
  return exponent >= 0 ? value * POWERS[exponent]! : value / POWERS[-exponent]!;
}

/** By trying one more digit until the text reads back. */
function bySearch(magnitude: number, from = 1): string {
  for (let digits = from; ; digits++) {
    const text = magnitude.toExponential(digits - 1);
    if (digits < 9 && Math.fround(Number(text)) !== magnitude) continue;
    const [mantissa, exponent] = text.split('e') as [string, string];
    return scientific(mantissa.replace('.', ''), Number(exponent));
  }
}

function scientific(digits: string, exponent: number): string {
  return digits.length === 1 ? `${digits}E${exponent}` : `${digits[0]}.${digits.slice(1)}E${exponent}`;
}
