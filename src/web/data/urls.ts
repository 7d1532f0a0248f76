/** A path with a query; names without a value are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(entries).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** A path with further segments, which are percent-encoded. */
export function withSegments(path: string, ...segments: readonly string[]): string {
  return [path, ...segments.map(encodeURIComponent)].join('/');
}
