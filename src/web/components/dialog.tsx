import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { pending } from '../data/confirmation.ts';
import { Button } from './button.tsx';
import { TextField } from './fields.tsx';

interface DialogProps {
  readonly title: string;
  /** Called by Escape too. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A native modal dialog, open for as long as it is drawn; the browser keeps the focus inside. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
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

/** Draws what `confirmAction` asks; stands once in the page. */
export function ConfirmDialog() {
  const question = pending.value;
  const [typed, setTyped] = useState('');
  if (question === undefined) return null;
  const answer = (agreed: boolean) => {
    setTyped('');
    question.answer(agreed);
  };
  const isMissing = question.typed !== undefined && typed !== question.typed;
  return (
    <Dialog key={question.title} title={question.title} onClose={() => answer(false)}>
      <p class="foreign">{question.detail}</p>
      {question.typed !== undefined && (
        <TextField
          label={`Type ${question.typed} to go on`}
          value={typed}
          onInput={setTyped}
          autoComplete="off"
        />
      )}
      <div class="actions">
        <Button onClick={() => answer(false)}>Cancel</Button>
        <Button
          kind={question.isDanger === true ? 'danger' : 'primary'}
          disabled={isMissing}
          onClick={() => answer(true)}
        >
          {question.action}
        </Button>
      </div>
    </Dialog>
  );
}
