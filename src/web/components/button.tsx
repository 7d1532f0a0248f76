import type { ComponentChildren } from 'preact';
import { Spinner } from './loading.tsx';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: (() => void) | undefined;
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet' | undefined;
  readonly size?: 'normal' | 'small';
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  /** Shows a spinner and ignores clicks. */
  readonly isBusy?: boolean;
  /** Tooltip and accessible name, where the text is not enough. */
  readonly label?: string;
}

export function Button({
  children,
  onClick,
  kind = 'plain',
  size = 'normal',
  type = 'button',
  disabled = false,
  isBusy = false,
  label,
}: ButtonProps) {
  const classes = ['button', kind !== 'plain' && `button-${kind}`, size === 'small' && 'button-small'];
  return (
    <button
      type={type}
      class={classes.filter(Boolean).join(' ')}
      disabled={disabled}
      aria-disabled={isBusy}
      aria-label={label}
      title={label}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.();
      }}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}
