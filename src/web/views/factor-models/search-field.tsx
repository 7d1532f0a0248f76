import { EmptyState } from '../../components/messages.tsx';

interface SearchFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
}

const LABEL = 'Search factors';

/** Searches factors by name. */
export function SearchField({ value, onInput }: SearchFieldProps) {
  return (
    <input
      class="input search"
      type="search"
      aria-label={LABEL}
      placeholder={LABEL}
      value={value}
      autoComplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
    />
  );
}

/** Shown when a search finds nothing. */
export function NoMatch() {
  return <EmptyState title="No matching factor">Search for another part of a factor’s name.</EmptyState>;
}
