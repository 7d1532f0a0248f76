import type { ComponentChildren } from 'preact';
import { Spinner } from './waiting.tsx';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: (() => void) | undefined;
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet' | undefined;
  readonly size?: 'normal' | 'small';
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  /** Shows that it works, and takes no second click. */
  readonly isBusy?: boolean;
  /** What it does, where the text alone does not say so. */
  readonly label?: string;
}

/** A button; the only way to start something. */
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
  const classes = [
    'button',
    kind === 'plain' ? '' : `button-${kind}`,
    size === 'small' ? 'button-small' : '',
  ];
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
