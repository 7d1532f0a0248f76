import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { pendingConfirmation } from '../data/confirmation.ts';
import { Button } from './button.tsx';
import { TextField } from './fields.tsx';

interface DialogProps {
  readonly title: string;
  /** Called on Escape as well. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A native modal dialog, open while it is rendered. The focus stays inside, and returns to what opened the dialog. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current!;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

/** The dialog of `confirmAction`; rendered once. */
export function ConfirmDialog() {
  const pending = pendingConfirmation.value;
  const [typed, setTyped] = useState('');
  if (pending === undefined) return null;
  const { title, detail, action, isDanger = false, requiredText } = pending;
  const answer = (isConfirmed: boolean) => {
    setTyped('');
    pending.answer(isConfirmed);
  };
  return (
    <Dialog key={title} title={title} onClose={() => answer(false)}>
      <p class="user-text">{detail}</p>
      {requiredText !== undefined && (
        <TextField
          label={`Type ${requiredText} to confirm`}
          value={typed}
          onInput={setTyped}
          autoComplete="off"
        />
      )}
      <div class="row">
        <Button onClick={() => answer(false)}>Cancel</Button>
        <Button
          kind={isDanger ? 'danger' : 'primary'}
          disabled={requiredText !== undefined && typed !== requiredText}
          onClick={() => answer(true)}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
