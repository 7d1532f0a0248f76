import type { ErrorCode } from '../../../src/errors.ts';

/** A file that must be refused, and how. */
export interface HostileFile {
  readonly name: string;
  /** Of large files it is a getter: who selects files makes only those. */
  readonly bytes: Buffer;
  /** Error codes that describe what is wrong with it; any of them is right. */
  readonly codes: readonly ErrorCode[];
}

/** The name of what executed code would leave behind: a file, an environment variable, a property of every object. */
export const CANARY = 'paperdesk-canary';
