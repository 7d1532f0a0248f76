import type { ComponentChildren } from 'preact';
import type { ApiError } from '../data/api-error.ts';
import { Button } from './button.tsx';

interface EmptyStateProps {
  readonly title: string;
  /** What to do next. */
  readonly children: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** What stands where there is nothing yet. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <h3>{title}</h3>
      <p>{children}</p>
      {action}
    </div>
  );
}

interface NoteProps {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly children: ComponentChildren;
}

const SIGNS = { info: 'i', warn: '!', bad: '✕' };

/** A sentence that has to be seen. */
export function Note({ tone, children }: NoteProps) {
  return (
    <div class={`note note-${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
      <span aria-hidden="true">{SIGNS[tone]}</span>
      <div>{children}</div>
    </div>
  );
}

interface ErrorNoteProps {
  readonly error: ApiError;
  readonly onRetry?: () => void;
}

/** What the service refused: its own sentence and its code, and the fields that are wrong. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <Note tone="bad">
      <p>
        {error.message} <code>{error.code}</code>
      </p>
      {error.errors.length > 1 && (
        <ul>
          {error.errors.map(({ path, message }) => (
            <li key={path}>
              {path}: {message}
            </li>
          ))}
        </ul>
      )}
      {onRetry !== undefined && (
        <p>
          <Button kind="quiet" size="small" onClick={onRetry}>
            Try again
          </Button>
        </p>
      )}
    </Note>
  );
}
