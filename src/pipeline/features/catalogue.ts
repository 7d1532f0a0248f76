import { PaperdeskError } from '../../errors.ts';
import { editDistance } from '../../runtime/edit-distance.ts';
import { AVERAGE_FAMILIES } from './families/averages.ts';
import { CALENDAR_AND_FUNDING_FAMILIES } from './families/calendar-and-funding.ts';
import { CANDLE_SHAPE_FAMILIES } from './families/candle-shape.ts';
import { MOMENTUM_FAMILIES } from './families/momentum.ts';
import { RETURN_FAMILIES } from './families/returns.ts';
import { VOLATILITY_FAMILIES } from './families/volatility.ts';
import { VOLUME_AND_BAND_FAMILIES } from './families/volume-and-bands.ts';
import { type FeatureFamily, MAX_PERIOD, type Parameters } from './family.ts';

/** Every family of features. A new one is one entry here. */
export const FEATURE_FAMILIES: readonly FeatureFamily[] = [
  ...RETURN_FAMILIES,
  ...CANDLE_SHAPE_FAMILIES,
  ...VOLATILITY_FAMILIES,
  ...AVERAGE_FAMILIES,
  ...MOMENTUM_FAMILIES,
  ...VOLUME_AND_BAND_FAMILIES,
  ...CALENDAR_AND_FUNDING_FAMILIES,
];

/** A feature with the numbers of its name. */
export interface Feature {
  readonly name: string;
  readonly family: FeatureFamily;
  readonly parameters: Parameters;
  /** First row (0-based) at which it is defined. */
  readonly firstRow: number;
}

/** A family with the pattern of its names. */
interface NamePattern {
  readonly family: FeatureFamily;
  readonly letters: readonly string[];
  readonly pattern: RegExp;
}

const WHOLE = '([1-9]\\d{0,5})';
/** A number that may have decimals, written with a `p`: 2, 2p5, 0p5. */
const DECIMAL = '((?:0|[1-9]\\d{0,3})(?:p\\d{1,6})?)';

const PATTERNS: readonly NamePattern[] = FEATURE_FAMILIES.map((family) => {
  const parts = family.template.split('_');
  const letters = parts.filter(isLetter);
  const source = parts.map((part) => (isLetter(part) ? (part === 'K' ? DECIMAL : WHOLE) : part)).join('_');
  return { family, letters, pattern: new RegExp(`^${source}$`) };
});

function isLetter(part: string): boolean {
  return /^[A-Z]$/.test(part);
}

/**
 * The feature of this name.
 * @throws PaperdeskError MANIFEST_INVALID with the reason and the nearest known names
 */
export function featureNamed(name: string): Feature {
  for (const { family, letters, pattern } of PATTERNS) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const values = letters.map(
      (letter, index) => [letter, Number(match[index + 1]!.replace('p', '.'))] as const,
    );
    const parameters = Object.fromEntries(values);
    const problem = problemOf(family, parameters);
    if (problem !== null) throw refused(`The feature "${name}" cannot be computed: ${problem}.`);
    return { name, family, parameters, firstRow: family.firstRow(parameters) };
  }
  throw refused(
    `There is no feature "${name.slice(0, 80)}"; the nearest are ` +
      `${nearestTemplates(name)
        .map((template) => `"${template}"`)
        .join(', ')} (a letter stands for a number).`,
  );
}

function problemOf({ smallest, problem }: FeatureFamily, parameters: Parameters): string | null {
  for (const [letter, value] of Object.entries(parameters)) {
    const least = smallest?.[letter] ?? 1;
    if (letter === 'K') {
      if (!(value > 0)) return 'its width must be more than 0';
    } else if (value < least || value > MAX_PERIOD) {
      return `its number ${value} must be from ${least} to ${MAX_PERIOD}`;
    }
  }
  return problem?.(parameters) ?? null;
}

function refused(sentence: string): PaperdeskError {
  return new PaperdeskError('MANIFEST_INVALID', sentence);
}

/** The three templates whose words are most like those of `name`. */
function nearestTemplates(name: string): string[] {
  const shape = name.slice(0, 80).replace(/\d+(p\d+)?/g, 'N');
  const distances = FEATURE_FAMILIES.map(({ template }) => ({
    template,
    distance: editDistance(shape, template.replace(/(?<=_)[A-Z](?=_|$)/g, 'N')),
  })).sort((a, b) => a.distance - b.distance);
  return distances.slice(0, 3).map(({ template }) => template);
}
