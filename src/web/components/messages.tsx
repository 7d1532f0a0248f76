import type { ComponentChildren } from 'preact';
import type { ApiError } from '../data/api-error.ts';
import { Button } from './button.tsx';

interface EmptyStateProps {
  readonly title: string;
  /** What to do next. */
  readonly children: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** Replaces a list or chart that has no data yet. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <h3>{title}</h3>
      <p>{children}</p>
      {action}
    </div>
  );
}

interface NoticeProps {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly children: ComponentChildren;
}

const SIGNS = { info: 'i', warn: '!', bad: '✕' };

/** A highlighted sentence. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
      <span aria-hidden="true">{SIGNS[tone]}</span>
      <div>{children}</div>
    </div>
  );
}

interface ErrorNoticeProps {
  readonly error: ApiError | undefined;
  readonly onRetry?: () => void;
}

/** The message, code and invalid fields of an error; nothing where there is none. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  if (error === undefined) return null;
  return (
    <Notice tone="bad">
      <p>
        {error.message} <code>{error.code}</code>
      </p>
      {error.errors.length > 1 && (
        <ul>
          {error.errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path}: {message}
            </li>
          ))}
        </ul>
      )}
      {onRetry !== undefined && (
        <p>
          <Button kind="quiet" size="small" onClick={onRetry}>
            Retry
          </Button>
        </p>
      )}
    </Notice>
  );
}
