import { signal } from '@preact/signals';

export interface Confirmation {
  readonly title: string;
  /** What will happen, in a sentence. */
  readonly detail: string;
  /** The label of the button: the action itself, never "OK". */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Text that has to be typed first, for what cannot be undone. */
  readonly requiredText?: string;
}

interface PendingConfirmation extends Confirmation {
  readonly answer: (isConfirmed: boolean) => void;
}

/** The question that ConfirmDialog shows. */
export const pendingConfirmation = signal<PendingConfirmation | undefined>(undefined);

/** Shows a confirmation dialog; resolves to whether the user confirmed the action. */
export function confirmAction(confirmation: Confirmation): Promise<boolean> {
  pendingConfirmation.peek()?.answer(false);
  return new Promise((resolve) => {
    const answer = (isConfirmed: boolean) => {
      pendingConfirmation.value = undefined;
      resolve(isConfirmed);
    };
    pendingConfirmation.value = { ...confirmation, answer };
  });
}
