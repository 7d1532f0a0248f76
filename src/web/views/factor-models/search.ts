/** Whether a name has every word of a search in it, whatever the case of its letters. */
export function matchesAll(name: string, search: string): boolean {
  const lower = name.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
