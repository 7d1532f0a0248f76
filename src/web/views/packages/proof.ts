import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { counted } from '../../format/numbers.ts';

type Proof = ModelPackageAnswer['proof'];

/** How far the service agreed with the proof of a package: `proven: 3 windows, largest difference 4e-7`. */
export function proofText(proof: Proof): string {
  if (proof === null) return 'no proof';
  const largest = Math.max(0, ...Object.values(proof.largest_differences));
  return `proven: ${counted(proof.cases, 'window')}, largest difference ${difference(largest)}`;
}

/** The largest difference of each quantity, the largest of them first. */
export function differencesOf(proof: NonNullable<Proof>): readonly (readonly [name: string, text: string])[] {
  return Object.entries(proof.largest_differences)
    .sort(([, a], [, b]) => b - a)
    .map(([quantity, value]) => [quantity.replaceAll('_', ' '), difference(value)]);
}

function difference(value: number): string {
  return value === 0 ? '0' : value.toExponential(0);
}
