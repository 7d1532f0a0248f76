import { type PartName, UPLOAD_PARTS } from './parts.ts';

/** The files of an upload by their parts. */
export type Files = Readonly<Partial<Record<PartName, File>>>;

export interface UploadProgress {
  /** Bytes sent so far, and in total. */
  readonly sent: number;
  readonly total: number;
  /** By performance.now(). */
  readonly startedAt: number;
}

/** The files of an upload in the order in which they are sent. */
export function partsInOrder(files: Files): readonly (readonly [part: PartName, file: File])[] {
  return UPLOAD_PARTS.flatMap(({ name }) => {
    const file = files[name];
    return file === undefined ? [] : [[name, file] as const];
  });
}

/** The share of each file that has been sent, 0 to 1, from the bytes of the whole form, whose frame hardly counts. */
export function sentShares(
  sizes: readonly number[],
  { sent, total }: Pick<UploadProgress, 'sent' | 'total'>,
): number[] {
  const sum = sizes.reduce((before, size) => before + size, 0);
  let rest = total === 0 ? sum : (sent / total) * sum;
  return sizes.map((size) => {
    const part = Math.min(size, rest);
    rest -= part;
    return size === 0 ? 1 : part / size;
  });
}
