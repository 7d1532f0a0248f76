import type { ErrorCode } from '../../../src/errors.ts';

/** A file that must be refused, and how. */
export interface HostileFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** The codes that say what is wrong with it; any of them will do. */
  readonly codes: readonly ErrorCode[];
}

/** What a file that got its way would leave behind: in the folder of tests, in the environment, on every object. */
export const CANARY = 'paperdesk-canary';
