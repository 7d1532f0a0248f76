import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface FieldProps {
  /** Of the control that the label belongs to. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with the value, in a sentence. */
  readonly error?: string | undefined;
  readonly children: ComponentChildren;
}

/** A control with its label, hint and error. */
function Field({ id, label, hint, error, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <span class="field-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error !== undefined && (
        <span class="field-error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}

/** The `aria-describedby` of a control in a Field. */
function descriptionIds({ id, hint, error }: Pick<FieldProps, 'id' | 'hint' | 'error'>): string | undefined {
  return [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
}

interface TextFieldProps extends Omit<FieldProps, 'id' | 'children'> {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'search' | 'date' | 'datetime-local';
  readonly required?: boolean;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly step?: number | 'any';
  /** Takes the focus when it appears. */
  readonly hasFocus?: boolean;
}

/** A labeled one-line input. */
export function TextField(props: TextFieldProps) {
  const { label, value, onInput, type = 'text', hint, error, hasFocus = false, ...input } = props;
  const id = useId();
  const element = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (hasFocus) element.current?.focus();
  }, []);
  return (
    <Field {...{ id, label, hint, error }}>
      <input
        {...input}
        ref={element}
        id={id}
        class="input"
        // Preact types each kind of input separately; what they have in common fits a text input.
        type={type as 'text'}
        value={value}
        aria-invalid={error !== undefined}
        aria-describedby={descriptionIds({ id, hint, error })}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Field>
  );
}

interface SelectFieldProps extends Omit<FieldProps, 'id' | 'error' | 'children'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly disabled?: boolean;
}

/** A labeled choice of one option. */
export function SelectField({ label, value, onChange, options, hint, disabled = false }: SelectFieldProps) {
  const id = useId();
  return (
    <Field {...{ id, label, hint }}>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={descriptionIds({ id, hint })}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface CheckboxFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A labeled checkbox. */
export function CheckboxField({ label, checked, onChange }: CheckboxFieldProps) {
  return (
    <label class="row checkbox">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
