/** Whether a name contains every word of a search, ignoring case. */
export function matchesAll(name: string, search: string): boolean {
  const lower = name.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
