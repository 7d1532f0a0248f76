import { bytesOfNumbers } from '../runtime/float64-bytes.ts';

/** Equal for equal draws of equal days only; 11 characters per day. @param seed of the draws */
export function keyOfDays(seed: string, values: readonly number[]): string {
  return `${seed} ${bytesOfNumbers(values).toString('base64')}`;
}
