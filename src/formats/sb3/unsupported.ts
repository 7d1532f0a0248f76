import { PaperdeskError } from '../../errors.ts';

/** @param reason what follows "The policy" */
export function unsupported(reason: string): PaperdeskError {
  return new PaperdeskError('POLICY_UNSUPPORTED', `The policy ${reason}, which is not supported.`);
}

/** `<class 'gymnasium.spaces.discrete.Discrete'>` -> `Discrete`. */
export function shortType(type: unknown): string {
  if (typeof type !== 'string') return 'type that its data does not name';
  return (/(\w+)'>$/.exec(type.slice(-100))?.[1] ?? type).slice(0, 100);
}
