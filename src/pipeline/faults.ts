import { type ErrorCode, PaperdeskError } from '../errors.ts';

/** Faults in one refusal, at most. */
const MAX_LISTED = 20;

/** Collects everything that is wrong with a package, so that one refusal names it all. */
export class Faults {
  readonly #errors: PaperdeskError[] = [];

  add(code: ErrorCode, sentence: string): void {
    this.#errors.push(new PaperdeskError(code, sentence));
  }

  /** What `read` returns; undefined when it throws a PaperdeskError, which becomes a fault. */
  catch<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#take(error);
      return undefined;
    }
  }

  /** As `catch`, for promises. */
  async catchAsync<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#take(error);
      return undefined;
    }
  }

  get isEmpty(): boolean {
    return this.#errors.length === 0;
  }

  /** @throws PaperdeskError with the code of the first fault and the sentences of all */
  throwIfAny(): void {
    const [first, ...others] = this.#errors;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    const sentences = this.#errors.slice(0, MAX_LISTED).map(({ message }) => message);
    if (this.#errors.length > MAX_LISTED)
      sentences.push(`${this.#errors.length - MAX_LISTED} more faults follow.`);
    throw new PaperdeskError(first.code, sentences.join(' '));
  }

  #take(error: unknown): void {
    if (!(error instanceof PaperdeskError)) throw error;
    this.#errors.push(error);
  }
}
