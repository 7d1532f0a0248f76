import type { ComponentChildren } from 'preact';
import type { Command } from '../data/use-command.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Form } from './form.tsx';
import { ErrorNotice } from './messages.tsx';

interface CommandDialogProps {
  readonly title: string;
  /** What the button says that runs the command. */
  readonly action: string;
  readonly isDanger?: boolean;
  readonly command: Command;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** The fields. */
  readonly children: ComponentChildren;
}

/** A dialog with the fields of a command, which runs it or cancels. */
export function CommandDialog(props: CommandDialogProps) {
  const { title, action, isDanger = false, command, onSubmit, onClose, children } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <Form class="dialog-form" onSubmit={onSubmit}>
        {children}
        <ErrorNotice error={command.error} />
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind={isDanger ? 'danger' : 'primary'} isBusy={command.isBusy}>
            {action}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
