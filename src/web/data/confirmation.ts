import { signal } from '@preact/signals';

export interface Question {
  readonly title: string;
  /** What will happen, in a sentence. */
  readonly detail: string;
  /** What the button says: the action itself, never "OK". */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Has to be typed first, for what cannot be undone. */
  readonly typed?: string;
}

/** What is being asked, and how to answer; drawn by ConfirmDialog. */
export const pending = signal<(Question & { readonly answer: (agreed: boolean) => void }) | undefined>(
  undefined,
);

/** Asks before something is done; answers whether it was agreed to. */
export function confirmAction(question: Question): Promise<boolean> {
  pending.peek()?.answer(false);
  return new Promise((resolve) => {
    const answer = (agreed: boolean) => {
      pending.value = undefined;
      resolve(agreed);
    };
    pending.value = { ...question, answer };
  });
}
