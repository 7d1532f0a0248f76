import { count, significant } from '../../format/numbers.ts';

const MAX_LENGTH = 400;

/** A value of a diff as text; long lists are cut with the number of what is left out. */
export function diffText(value: unknown): string {
  if (value === null) return 'does not have it';
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : significant(value, 6);
  const text = typeof value === 'string' ? value : textOf(value);
  return text.length <= MAX_LENGTH
    ? text
    : `${text.slice(0, MAX_LENGTH)}… and ${count(text.length - MAX_LENGTH)} more characters`;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => (item === null ? 'null' : diffText(item))).join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value as object)
    .map(([key, item]) => `${key} ${item === null ? 'null' : diffText(item)}`)
    .join(', ');
}
