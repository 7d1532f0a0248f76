/** Prints what a suite has done, as one line that begins with `hostile:`. */
export function report(suite: string, figures: Readonly<Record<string, string | number>>): void {
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`hostile: ${suite}: ${text.join(', ')}\n`);
}
