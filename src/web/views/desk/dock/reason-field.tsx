import { TextField } from '../../../components/fields.tsx';

/** Characters of a reason. */
const MAX_REASON = 200;

interface ReasonFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
}

/** Why something is done by hand. */
export function ReasonField({ value, onInput }: ReasonFieldProps) {
  return (
    <TextField
      label="Reason"
      value={value}
      onInput={onInput}
      maxLength={MAX_REASON}
      hint="Stands in the ledger; may be empty"
    />
  );
}
