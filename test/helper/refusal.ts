import { expect } from 'vitest';
import { type ErrorCode, PaperdeskError } from '../../src/errors.ts';

/** Runs `read` and returns the PaperdeskError that it must throw; any other result fails the test. */
async function refusalOf(read: () => unknown): Promise<PaperdeskError> {
  let result: unknown;
  try {
    result = await read();
  } catch (error) {
    if (error instanceof PaperdeskError) return error;
    throw error;
  }
  expect.fail(`accepted: ${String(result)}`);
}

/** Expects a refusal with this code whose sentence matches. */
export async function expectRefusal(read: () => unknown, code: ErrorCode, sentence = /./): Promise<void> {
  const error = await refusalOf(read);
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: `));
  expect(error.message).toMatch(sentence);
  expect(error.message).toMatch(/\.$/);
  expect(error.message.length).toBeLessThan(800);
}
