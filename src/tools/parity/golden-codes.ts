/** Codes by figure as golden files have them, which call a position (statistics.md#5) an episode. */
export function goldenCodes(codes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const renamed = (code: string) => (code === 'FEW_POSITIONS' ? 'FEW_EPISODES' : code);
  return Object.fromEntries(Object.entries(codes).map(([figure, code]) => [figure, renamed(code)]));
}
